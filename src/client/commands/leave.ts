import type { Command } from './command.ts'

export const leave: Command = {
  name: 'leave',
  usage: '/leave',
  words: 'Leave this room',
  may: (_, { direct }) => !direct,
  refusal: 'A direct conversation cannot be left. Close it instead.',
  run(_, { room, show }) {
    show('leave', room.id)
    return null
  },
}
