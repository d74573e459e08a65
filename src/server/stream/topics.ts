import type { Connection } from './connection.ts'

/** A room that somebody listens to: the streams on it and the people who are members of it right now. */
export type Topic = { connections: Set<Connection>; people: Set<string> }

/** Which streams hear of which room. A room that nobody listens to is forgotten. */
export function createTopics() {
  const rooms = new Map<string, Topic>()
  const people = new Map<string, Set<Connection>>()
  const all = new Set<Connection>()
  const roomsOf = new Map<Connection, Set<string>>()

  function add(connection: Connection) {
    all.add(connection)
    roomsOf.set(connection, new Set())
    const { user_id } = connection.to
    const own = people.get(user_id) ?? new Set()
    people.set(user_id, own.add(connection))
  }

  /** `members` are needed for a room that nobody listened to yet. */
  function listen(connection: Connection, room_id: string, members: Iterable<string>) {
    if (!all.has(connection)) return
    const topic = rooms.get(room_id) ?? { connections: new Set<Connection>(), people: new Set<string>() }
    for (const member of members) topic.people.add(member)
    topic.connections.add(connection)
    rooms.set(room_id, topic)
    roomsOf.get(connection)?.add(room_id)
  }

  function unlisten(connection: Connection, room_id: string) {
    const topic = rooms.get(room_id)
    topic?.connections.delete(connection)
    if (topic?.connections.size === 0) rooms.delete(room_id)
    roomsOf.get(connection)?.delete(room_id)
  }

  function remove(connection: Connection) {
    for (const room_id of roomsOf.get(connection) ?? []) unlisten(connection, room_id)
    roomsOf.delete(connection)
    all.delete(connection)
    const own = people.get(connection.to.user_id)
    own?.delete(connection)
    if (own?.size === 0) people.delete(connection.to.user_id)
  }

  return {
    all: all as ReadonlySet<Connection>,
    room: (room_id: string) => rooms.get(room_id),
    /** The rooms listened to that this person is a member of. */
    *roomsWith(user_id: string): Iterable<Topic> {
      for (const topic of rooms.values()) if (topic.people.has(user_id)) yield topic
    },
    person: (user_id: string): ReadonlySet<Connection> => people.get(user_id) ?? NOBODY,
    add,
    listen,
    unlisten,
    remove,
  }
}

const NOBODY: ReadonlySet<Connection> = new Set()
