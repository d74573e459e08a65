import type { AiMode, NewRoom, Visibility } from '../../../shared/rooms.ts'

export const MODES: readonly { value: AiMode; label: string; note: string }[] = [
  { value: 'mention', label: 'On mention', note: 'Write @assistant to ask it.' },
  { value: 'always', label: 'Always', note: 'Every message not meant for a person.' },
  { value: 'off', label: 'Never', note: 'People only.' },
]

export const VISIBILITIES: readonly { value: Visibility; label: string; note: string }[] = [
  { value: 'public', label: 'Public', note: 'Anybody on this server.' },
  { value: 'private', label: 'Private', note: 'By invitation.' },
]

export const BLANK_ROOM = { name: '', model_id: null, ai_mode: 'mention', visibility: 'public', system_prompt: '' }

type Settings = Partial<NewRoom> & Pick<NewRoom, 'name'>

/** What the form says, or what is missing in it. */
export function roomSettings(form: FormData, model_id: string | null): Settings | { fields: Record<string, string> } {
  const text = (name: string) => String(form.get(name) ?? '')
  const name = text('name').trim()
  const fields: Record<string, string> = {}
  if (!name) fields.name = 'Give the room a name.'
  if (!model_id) fields.model_id = 'Choose a model.'
  if (!model_id || !name) return { fields }
  return {
    name,
    model_id,
    ai_mode: text('ai_mode') as AiMode,
    visibility: text('visibility') as Visibility,
    system_prompt: text('system_prompt').replaceAll('\r\n', '\n'),
  }
}

/** Under the agent's name: what makes it speak here. */
export function habitOf(mode: AiMode): string {
  if (mode === 'always') return 'answers every message'
  return mode === 'off' ? 'is off in this room' : 'answers when mentioned'
}
