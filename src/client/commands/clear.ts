import { memberCalls } from '../calls/members.ts'
import { plural } from '../pages/invite-words.ts'
import { type Command, OWNER_ONLY } from './command.ts'

export const clear: Command = {
  name: 'clear',
  usage: '/clear',
  words: 'Clear away all messages, for everybody and for the assistant',
  may: ({ moderates, equals }) => moderates && !equals,
  refusal: `${OWNER_ONLY} A direct conversation cannot be cleared: what the other said is theirs.`,
  async run(_, { app, desk, room, show, tell }) {
    const { message_count, room: info } = await app.api.room(room.id)
    if (!message_count) return 'There is nothing to clear: the room is empty.'
    const what = plural(message_count, 'message')
    show('sure', {
      title: `Clear ${desk.rooms.nameOf(info)}`,
      question: `${what} will be gone for everybody, and the assistant begins afresh. This cannot be undone.`,
      yes: `Clear ${what}`,
      sure: async () => {
        const { cleared } = await memberCalls(app.api).clear(room.id)
        tell(`${plural(cleared, 'message')} cleared.`)
      },
    })
    return null
  },
}
