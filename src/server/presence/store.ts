import type { TabPresence } from '../../shared/presence.ts'
import type { Presence } from '../../shared/rooms.ts'
import type { Bus } from '../events/bus.ts'
import type { Logger } from '../http/logger.ts'

/** A tab that said that it is online says so again before this is over, or it counts as away. */
const FRESH_MS = 150_000
/** Of one person, the latest that spoke. */
const TABS_MAX = 20
/** One timer looks after everybody. */
const SWEEP_MS = 500

/** How long somebody stays as they were once their last stream or tab has closed: a reload is no departure. */
export const GRACE_MS = 5_000

type Person = {
  /** Whether a stream of theirs is open. */
  here: boolean
  tabs: Map<string, { state: 'online' | 'away'; at: number }>
  /** When their last stream or their last tab closed. */
  closedAt: number
  /** What their rooms were told last. */
  told: Presence
}

type Settings = {
  bus: Bus
  /** The rooms that hear of it. */
  roomsOf(user_id: string): Promise<string[]>
  logger: Logger
  graceMs?: number
  now?: () => number
}

export type PresenceStore = ReturnType<typeof createPresence>

/**
 * Who is there. Somebody with an open stream is online, unless all of their tabs have said that they are out of sight; without
 * one they are offline. Their rooms hear of each change once. Kept in memory only: whoever is offline is forgotten.
 */
export function createPresence({ bus, roomsOf, logger, graceMs = GRACE_MS, now = Date.now }: Settings) {
  const people = new Map<string, Person>()
  const changed = new Set<string>()
  let telling = false

  const sweeper = setInterval(sweep, SWEEP_MS)
  // Whoever comes into a room brings their presence along: the others were never told of it.
  const unsubscribe = bus.subscribe(signal => {
    if (signal.kind !== 'lasting' || signal.event.type !== 'member.joined') return
    const { room_id, member } = signal.event.data
    const told = people.get(member.user.id)?.told ?? 'offline'
    if (told !== 'offline') publish(room_id, member.user.id, told)
  })

  function known(user_id: string): Person {
    const person = people.get(user_id) ?? { here: false, tabs: new Map(), closedAt: now(), told: 'offline' }
    people.set(user_id, person)
    return person
  }

  function stateOf({ here, tabs, closedAt, told }: Person): Presence {
    const settling = told !== 'offline' && now() - closedAt < graceMs
    if (!here) return settling ? told : 'offline'
    if (tabs.size === 0) return settling ? told : 'online'
    for (const { state, at } of tabs.values()) if (state === 'online' && now() - at < FRESH_MS) return 'online'
    return 'away'
  }

  function look(user_id: string, person: Person) {
    if (stateOf(person) === person.told) return
    changed.add(user_id)
    if (!telling) void tell()
  }

  /** One person after the other, each as they are when it is their turn. */
  async function tell() {
    telling = true
    // After this turn: what belongs together, like a stream and what its tab says, is one change.
    await null
    for (const user_id of changed) {
      changed.delete(user_id)
      const person = people.get(user_id)
      const state = person && stateOf(person)
      if (!state || state === person.told) continue
      person.told = state
      try {
        for (const room_id of await roomsOf(user_id)) publish(room_id, user_id, state)
      } catch (error) {
        logger.error('rooms could not be told who is there', { error })
      }
    }
    telling = false
  }

  function publish(room_id: string, user_id: string, state: Presence) {
    bus.publish({ kind: 'passing', event: { type: 'presence', room_id, data: { room_id, user_id, state } } })
  }

  /** What time changes: departures become final, and tabs that fell silent count no more. */
  function sweep() {
    for (const [user_id, person] of people) {
      look(user_id, person)
      if (!person.here && person.told === 'offline' && now() - person.closedAt >= graceMs) people.delete(user_id)
    }
  }

  return {
    /** Their first stream has opened. */
    came(user_id: string) {
      const person = known(user_id)
      person.here = true
      look(user_id, person)
    },
    /** Their last stream has closed. */
    left(user_id: string) {
      const person = known(user_id)
      person.here = false
      person.closedAt = now()
    },
    /** What one of their tabs says of itself. */
    say(user_id: string, { tab, state }: TabPresence) {
      const person = known(user_id)
      const before = person.tabs.delete(tab)
      if (state === 'gone') {
        if (before && person.tabs.size === 0) person.closedAt = now()
      } else {
        person.tabs.set(tab, { state, at: now() })
        const [oldest] = person.tabs.keys()
        if (person.tabs.size > TABS_MAX && oldest !== undefined) person.tabs.delete(oldest)
      }
      look(user_id, person)
    },
    /** How these people are; who is not named is offline. */
    of(user_ids: Iterable<string>): Record<string, Presence> {
      const states: Record<string, Presence> = {}
      for (const user_id of user_ids) {
        const person = people.get(user_id)
        const state = person ? stateOf(person) : 'offline'
        if (state !== 'offline') states[user_id] = state
      }
      return states
    },
    sweep,
    /** How many people are remembered. */
    count: () => people.size,
    stop() {
      clearInterval(sweeper)
      unsubscribe()
    },
  }
}
