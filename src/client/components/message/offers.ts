import {
  Copy,
  FileCode,
  History,
  type IconNode,
  Link,
  MailOpen,
  Pencil,
  Pin,
  PinOff,
  Reply,
  SmilePlus,
  Trash2,
} from 'lucide'
import type { Message } from '../../../shared/messages.ts'
import { mayDelete, mayEdit, mayMark, mayReadEdits, mayUnread } from '../../stores/message-rights.ts'
import type { Rights } from '../../stores/rights.ts'

export type ActName = keyof typeof OFFERS
export type Offer = { name: ActName; words: string; icon: IconNode; key: string | null; danger: boolean }

type Kind = Omit<Offer, 'name' | 'key' | 'danger'> & {
  key?: string
  danger?: boolean
  may: (message: Message, rights: Rights) => boolean
}

const hasText = ({ content, deleted_at }: Message) => !deleted_at && content !== ''
const kind = (kind: Kind) => kind

/** Everything there is to do with a message, in the order of the menu. `key` is what the keyboard calls it by. */
const OFFERS = {
  react: kind({ words: 'React', icon: SmilePlus, key: '+', may: mayMark }),
  reply: kind({ words: 'Reply', icon: Reply, key: 'R', may: mayMark }),
  edit: kind({ words: 'Edit', icon: Pencil, key: 'E', may: mayEdit }),
  pin: kind({
    words: 'Pin',
    icon: Pin,
    key: 'P',
    may: (message, rights) => mayMark(message, rights) && !message.pinned_at,
  }),
  unpin: kind({
    words: 'Unpin',
    icon: PinOff,
    key: 'P',
    may: (message, rights) => mayMark(message, rights) && Boolean(message.pinned_at),
  }),
  unread: kind({ words: 'Mark unread from here', icon: MailOpen, key: 'U', may: mayUnread }),
  text: kind({ words: 'Copy text', icon: Copy, may: hasText }),
  markdown: kind({ words: 'Copy as Markdown', icon: FileCode, key: 'C', may: hasText }),
  link: kind({ words: 'Copy link', icon: Link, may: ({ hash, deleted_at }) => hash !== '' && !deleted_at }),
  history: kind({ words: 'Earlier versions', icon: History, may: mayReadEdits }),
  delete: kind({ words: 'Delete', icon: Trash2, key: 'Delete', danger: true, may: mayDelete }),
}

/** What somebody may do with a message; the rest is not mentioned. */
export function offersFor(message: Message, rights: Rights): Offer[] {
  const names = Object.keys(OFFERS) as ActName[]
  return names
    .filter(name => OFFERS[name].may(message, rights))
    .map(name => {
      const { words, icon, key = null, danger = false } = OFFERS[name]
      return { name, words, icon, key, danger }
    })
}

/** What a key means for a message, if anything. */
export function offerOf(key: string, message: Message, rights: Rights): Offer | null {
  const wanted = key === 'Backspace' ? 'Delete' : key.length === 1 ? key.toUpperCase() : key
  return offersFor(message, rights).find(offer => offer.key === wanted) ?? null
}
