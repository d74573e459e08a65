import type { EarlierText, Message } from '../../shared/messages.ts'
import type { Caller } from '../api.ts'

type OneMessage = { message: Message }

const message = (id: string) => `/api/messages/${encodeURIComponent(id)}`
const reaction = (id: string, emoji: string) => `${message(id)}/reactions/${encodeURIComponent(emoji)}`

export const messageCalls = ({ call }: Caller) => ({
  edit: (id: string, content: string) => call<OneMessage>('PATCH', message(id), { content }),
  remove: (id: string) => call<void>('DELETE', message(id)),
  edits: (id: string) => call<{ edits: EarlierText[] }>('GET', `${message(id)}/edits`),
  react: (id: string, emoji: string, wanted: boolean) =>
    call<OneMessage>(wanted ? 'PUT' : 'DELETE', reaction(id, emoji)),
  pins: (room_id: string) => call<{ messages: Message[] }>('GET', `/api/rooms/${encodeURIComponent(room_id)}/pins`),
  pin: (id: string, wanted: boolean) => call<OneMessage>(wanted ? 'PUT' : 'DELETE', `${message(id)}/pin`),
})
