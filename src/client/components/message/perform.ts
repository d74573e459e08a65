import type { Message } from '../../../shared/messages.ts'
import type { Desk } from '../../application.ts'
import { callDialog } from '../../dom/call-dialog.ts'
import { messagePath } from '../../router.ts'
import type { OpenRoom } from '../../stores/open-room.ts'
import { copyText } from '../../text/clipboard.ts'
import { renderMarkdownNodes } from '../../text/markdown.ts'
import { copiedText } from './copied-text.ts'
import type { ActName } from './offers.ts'

export type Place = {
  room: OpenRoom
  desk: Pick<Desk, 'me' | 'rooms'>
  /** Where on the page the wish came from; what opens, opens there. */
  from: Element
}

/** Does with a message what somebody wishes. Resolves to what there is to say about it, if anything. */
export async function perform(name: ActName, message: Message, { room, desk, from }: Place): Promise<string | null> {
  const { timeline, composing, details } = room
  const { id } = message
  switch (name) {
    case 'react':
      callDialog(from, 'emoji', { id, anchor: from.getBoundingClientRect() })
      return null
    case 'reply':
      composing.reply(message)
      return null
    case 'edit':
      composing.edit(id)
      return null
    case 'pin':
    case 'unpin':
      await (await room.acts()).pin(id, name === 'pin')
      return name === 'pin' ? 'Pinned' : 'Unpinned'
    case 'unread':
      await (await room.acts()).unread(id)
      return 'Marked unread'
    case 'text':
      return copied(copiedText(renderMarkdownNodes(textOf(message), { people: details.people, me: desk.me.id })))
    case 'markdown':
      return copied(textOf(message))
    case 'link':
      return copied(new URL(messagePath(message.hash), location.href).href)
    case 'history':
      callDialog(from, 'message-history', id)
      return null
    case 'delete':
      callDialog(from, 'delete-message', id)
      return null
  }

  /** Of an answer under way, what it says so far. */
  function textOf({ content }: Message): string {
    return timeline.live(id)?.text() || content
  }
}

async function copied(text: string): Promise<string> {
  return (await copyText(text)) ? 'Copied' : 'Your browser would not copy it'
}
