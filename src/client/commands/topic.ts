import { ROOM_TOPIC_MAX } from '../../shared/limits.ts'
import { type Command, OWNER_ONLY, standing } from './command.ts'

/** Takes the topic away. */
const NONE = '-'

export const topic: Command = {
  name: 'topic',
  usage: '/topic text',
  words: 'Say what this room is about, under its name',
  may: ({ moderates }, { direct }) => moderates && !direct,
  refusal: `${OWNER_ONLY} A direct conversation has no topic.`,
  async run(argument, place) {
    const { desk, room } = place
    const description = argument === NONE ? '' : argument.replace(/\s+/g, ' ')
    if (!argument) {
      const now = standing(place)?.info.description
      return now
        ? `The topic is: ${now} — /topic ${NONE} takes it away.`
        : 'There is no topic yet: type one behind /topic.'
    }
    const over = description.length - ROOM_TOPIC_MAX
    if (over > 0) throw new Error(`The topic is too long by ${over}. It holds ${ROOM_TOPIC_MAX} characters.`)
    await desk.rooms.change(room.id, { description })
    return description ? 'The topic stands under the name of the room.' : 'The topic is gone.'
  },
}
