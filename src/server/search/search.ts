import { and, eq, inArray, isNull, or } from 'drizzle-orm'
import { SEARCH_TERMS_MAX } from '../../shared/limits.ts'
import { foldedName } from '../../shared/names.ts'
import type { SearchQuery, SearchResults } from '../../shared/search.ts'
import { parseSearch } from '../../shared/search-query.ts'
import type { Database } from '../db/database.ts'
import { invalid } from '../http/problems.ts'
import { presentMessages } from '../messages/present.ts'
import { roomOf } from '../rooms/access.ts'
import { describeRooms, directPeople } from '../rooms/lists.ts'
import type { RoomRow } from '../rooms/present.ts'
import type { Finder } from './finder.ts'
import { snippetOf } from './snippet.ts'

/**
 * What the viewer's rooms have about something, newest first: in a chat the latest word on a matter is the one that counts,
 * and relevance ranks short messages by their length. Of nothing but operators that name nobody and nothing: no results.
 */
export async function search(
  db: Database,
  finder: Finder,
  viewer_id: string,
  { q, room_id, limit }: SearchQuery,
): Promise<SearchResults> {
  if (room_id) await roomOf(db.read, db.tables, viewer_id, room_id)
  const asked = parseSearch(q)
  if (asked.terms.length > SEARCH_TERMS_MAX) throw invalid('q', `Search for at most ${SEARCH_TERMS_MAX} words at once.`)
  const named = asked.in.length > 0 ? await roomsNamed(db, viewer_id, asked.in) : null
  const sender_ids = asked.from.length > 0 ? await peopleNamed(db, viewer_id, asked.from) : null
  const room_ids = room_id ? [room_id].filter(id => named === null || named.includes(id)) : named
  const narrows = asked.has_image || asked.before !== null || asked.after !== null || room_ids || sender_ids
  if (asked.terms.length === 0 && !narrows) return { results: [] }
  if (room_ids?.length === 0 || sender_ids?.length === 0) return { results: [] }
  const { ids, is_partial } = await finder.find(db.read, {
    viewer_id,
    terms: asked.terms,
    room_ids,
    sender_ids,
    has_image: asked.has_image,
    since: asked.after,
    until: asked.before,
    limit,
  })
  const results = await presented(db, ids, asked.terms)
  return { results, ...(is_partial && { is_partial }) }
}

async function presented(
  { read, tables }: Database,
  ids: string[],
  terms: string[],
): Promise<SearchResults['results']> {
  if (ids.length === 0) return []
  const { messages, rooms } = tables
  const rows = await read.select().from(messages).where(inArray(messages.id, ids))
  const found = new Map((await presentMessages(read, tables, rows)).map(message => [message.id, message]))
  const around = await read
    .select()
    .from(rooms)
    .where(inArray(rooms.id, [...new Set(rows.map(row => row.room_id))]))
  const places = await describeRooms(read, tables, around)
  return ids.flatMap(id => {
    const message = found.get(id)
    const room = message && places.get(message.room_id)
    return message && room ? [{ message, room, snippet: snippetOf(message.content, terms) }] : []
  })
}

/** The viewer's rooms of these names, a direct one by that of the other. */
async function roomsNamed({ read, tables }: Database, viewer_id: string, names: string[]): Promise<string[]> {
  const { rooms, room_members } = tables
  const mine: { room: RoomRow }[] = await read
    .select({ room: rooms })
    .from(room_members)
    .innerJoin(rooms, eq(rooms.id, room_members.room_id))
    .where(and(eq(room_members.user_id, viewer_id), isNull(rooms.deleted_at)))
  const people = await directPeople(
    read,
    tables,
    mine.map(({ room }) => room),
  )
  const wanted = new Set(names.map(foldedName))
  const called = (room: RoomRow) =>
    people(room)
      ?.filter(({ id }) => id !== viewer_id)
      .flatMap(({ display_name, handle }) => [display_name, handle]) ?? [room.name]
  return mine.flatMap(({ room }) => (called(room).some(name => wanted.has(foldedName(name))) ? [room.id] : []))
}

/**
 * Whom these names mean: somebody in the viewer's rooms by their handle, or else all who are called so; and by their handle those
 * who have left, of whom there may be something still.
 */
async function peopleNamed({ read, tables }: Database, viewer_id: string, names: string[]): Promise<string[]> {
  const { users, rooms, room_members } = tables
  const mine = read
    .select({ id: room_members.room_id })
    .from(room_members)
    .innerJoin(rooms, eq(rooms.id, room_members.room_id))
    .where(and(eq(room_members.user_id, viewer_id), isNull(rooms.deleted_at)))
  const met = read.select({ id: room_members.user_id }).from(room_members).where(inArray(room_members.room_id, mine))
  const person = { id: users.id, handle: users.handle, display_name: users.display_name }
  const around = await read
    .select(person)
    .from(users)
    .where(or(eq(users.kind, 'agent'), inArray(users.id, met)))
  const anywhere = await read.select(person).from(users).where(inArray(users.handle, names))
  const found = names.flatMap(name => {
    const exact = around.filter(({ handle }) => handle === name)
    if (exact.length > 0) return exact
    const called = around.filter(({ display_name }) => foldedName(display_name) === foldedName(name))
    return [...called, ...anywhere.filter(({ handle }) => handle === name)]
  })
  return [...new Set(found.map(({ id }) => id))]
}
