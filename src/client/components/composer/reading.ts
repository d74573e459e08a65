import type { Desk } from '../../application.ts'
import type { OpenRoom } from '../../stores/open-room.ts'
import { forecast } from './answer-chip.ts'
import { lengthWords } from './length.ts'
import { asMessage, isCommand } from './slash.ts'

type Sources = {
  room: Pick<OpenRoom, 'id' | 'details' | 'composing' | 'pictures'>
  desk: Pick<Desk, 'rooms'>
  me: string
}

/** What the text in the field amounts to: whether it can go, how long it is, and whether the assistant will answer. */
export function readingOf(text: string, { room, desk, me }: Sources) {
  const content = asMessage(text)
  const length = lengthWords(content)
  const { members, agents } = room.details
  const muted = room.details.member(me)?.is_muted ?? false
  const mode = desk.rooms.find(room.id)?.ai_mode ?? 'mention'
  const { pictures } = room
  const { reply_to } = room.composing
  const has_something = content.trim() !== '' || Boolean(pictures?.all.length)
  const people = members.map(member => member.user)
  return {
    length,
    muted,
    reply_to,
    sendable: has_something && !length?.over && !muted && (pictures?.settled ?? true),
    forecast: isCommand(text)
      ? null
      : forecast({ content, mode, reply_to, me: { id: me, is_muted: muted }, agents, members: people }),
  }
}
