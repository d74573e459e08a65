import type { StreamEvent } from '../../shared/events.ts'
import type { Member } from '../../shared/rooms.ts'
import type { User } from '../../shared/users.ts'
import { type Api, Refusal } from '../api.ts'
import { createObservable } from './observable.ts'
import type { Rooms } from './rooms.ts'
import type { Phase } from './timeline.ts'

export type Details = ReturnType<typeof createDetails>

/** Who is in one room: its members, and the agents at hand. */
export function createDetails(api: Pick<Api, 'room'>, rooms: Pick<Rooms, 'put'>, room_id: string) {
  const { subscribe, changed } = createObservable()
  let phase: Phase = 'idle'
  let members: Member[] = []
  let agents: User[] = []
  let problem: string | null = null
  let people: User[] = []
  let has_pins = false

  /** The same array for as long as nobody comes, goes or is renamed, so that rows need not look closer. */
  const settle = () => {
    people = [...members.map(member => member.user), ...agents]
    changed()
  }
  const put = (member: Member) => {
    members = [...members.filter(one => one.user.id !== member.user.id), member].sort(byStanding)
    settle()
  }
  const rename = (user: User) => {
    members = members.map(member => (member.user.id === user.id ? { ...member, user } : member))
    agents = agents.map(agent => (agent.id === user.id ? user : agent))
    settle()
  }

  return {
    subscribe,
    get phase() {
      return phase
    },
    get problem() {
      return problem
    },
    get members(): readonly Member[] {
      return members
    },
    get agents(): readonly User[] {
      return agents
    },
    /** Whether something was pinned when I came, or has been since. */
    get has_pins() {
      return has_pins
    },
    /** Everybody who can be spoken to. */
    get people(): readonly User[] {
      return people
    },
    put,
    member: (id: string) => members.find(member => member.user.id === id) ?? null,
    nameOf(id: string): string | null {
      return people.find(user => user.id === id)?.display_name ?? null
    },

    async load() {
      if (phase !== 'ready') phase = 'loading'
      changed()
      try {
        const details = await api.room(room_id)
        members = [...details.members].sort(byStanding)
        agents = details.agents
        has_pins = details.pin_count > 0
        phase = 'ready'
        problem = null
        rooms.put(details.room)
        settle()
      } catch (error) {
        phase = error instanceof Refusal && error.status === 404 ? 'missing' : 'failed'
        problem = error instanceof Error ? error.message : String(error)
      }
      changed()
    },
    apply(event: StreamEvent) {
      if (event.type === 'message.updated' && event.data.message.pinned_at && !has_pins) {
        has_pins = true
        changed()
      }
      if (event.type === 'member.joined' || event.type === 'member.updated') put(event.data.member)
      if (event.type === 'user.updated') rename(event.data.user)
      if (event.type !== 'member.left') return
      const { id } = event.data.member.user
      members = members.filter(member => member.user.id !== id)
      settle()
    },
  }
}

function byStanding(one: Member, other: Member): number {
  if (one.role !== other.role) return one.role === 'owner' ? -1 : 1
  return one.user.display_name.localeCompare(other.user.display_name)
}
