import type { StreamEvent } from '../../shared/events.ts'
import type { Presence as State } from '../../shared/rooms.ts'
import type { Api } from '../api.ts'
import { createObservable } from './observable.ts'

export type Presence = ReturnType<typeof createPresence>

/** Who is there, of those in the rooms that are watched. */
export function createPresence() {
  const { subscribe, changed } = createObservable()
  const states = new Map<string, State>()

  function learn(ids: string[], told: Record<string, State> = {}) {
    for (const id of ids) states.set(id, told[id] ?? 'offline')
    changed()
  }

  return {
    subscribe,
    of: (user_id: string): State => states.get(user_id) ?? 'offline',
    /** The same calls; what they tell of people is learnt on the way. */
    through: (api: Api): Api => ({
      ...api,
      async rooms() {
        const answer = await api.rooms()
        const partners = answer.rooms.flatMap(room => room.direct ?? []).map(user => user.id)
        learn(partners, answer.presence)
        return answer
      },
      async room(id) {
        const answer = await api.room(id)
        const members = answer.members.map(member => member.user.id)
        learn(members, answer.presence)
        return answer
      },
    }),
    apply(event: StreamEvent) {
      if (event.type === 'presence') learn([event.data.user_id], { [event.data.user_id]: event.data.state })
    },
  }
}
