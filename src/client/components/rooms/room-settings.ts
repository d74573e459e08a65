import type { AiMode, NewRoom, Room, RoomChange, Visibility } from '../../../shared/rooms.ts'

export const MODES: readonly { value: AiMode; label: string; note: string }[] = [
  { value: 'mention', label: 'On mention', note: 'Write @assistant to ask it.' },
  { value: 'always', label: 'Always', note: 'Every message not meant for a person.' },
  { value: 'off', label: 'Never', note: 'People only.' },
]

export const VISIBILITIES: readonly { value: Visibility; label: string; note: string }[] = [
  { value: 'public', label: 'Public', note: 'Anybody on this server.' },
  { value: 'private', label: 'Private', note: 'By invitation.' },
]

export const BLANK_ROOM = {
  name: '',
  description: '',
  model_id: null,
  ai_mode: 'mention',
  visibility: 'public',
  system_prompt: '',
}

type Settings = Partial<NewRoom> & Pick<NewRoom, 'name'>
type Wrong = { fields: Record<string, string> }

/** What the form says, or what is missing in it. */
export function roomSettings(form: FormData, model_id: string | null): Settings | Wrong {
  const name = textIn(form, 'name').trim()
  const answering = answeringSettings(form, model_id)
  const unnamed: Record<string, string> = name ? {} : { name: 'Give the room a name.' }
  if ('fields' in answering || !name)
    return { fields: { ...unnamed, ...('fields' in answering ? answering.fields : {}) } }
  const description = textIn(form, 'description').trim()
  return { name, description, visibility: textIn(form, 'visibility') as Visibility, ...answering }
}

/** The part of it that direct rooms have too. */
export function answeringSettings(form: FormData, model_id: string | null): RoomChange | Wrong {
  if (!model_id) return { fields: { model_id: 'Choose a model.' } }
  const [ai_mode, system_prompt] = [textIn(form, 'ai_mode') as AiMode, textIn(form, 'system_prompt')]
  return { model_id, ai_mode, system_prompt }
}

function textIn(form: FormData, name: string): string {
  return String(form.get(name) ?? '').replaceAll('\r\n', '\n')
}

/** Who gets into a room. */
export function accessWords({ direct, visibility }: Pick<Room, 'direct' | 'visibility'>): string {
  if (direct) return direct.some(user => user.kind === 'agent') ? 'Nobody else reads along.' : 'Between the two of you.'
  return visibility === 'public' ? 'Public: anybody on this server may join.' : 'Private: by invitation.'
}

/** Under the agent's name: what makes it speak here. */
export function habitOf(mode: AiMode): string {
  if (mode === 'always') return 'answers every message'
  return mode === 'off' ? 'is off in this room' : 'answers when mentioned'
}
