import { and, eq, inArray, isNull } from 'drizzle-orm'
import { SEARCH_TERMS_MAX } from '../../shared/limits.ts'
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
  const sender_ids = asked.from.length > 0 ? await peopleNamed(db, asked.from) : null
  const room_ids = room_id ? [room_id].filter(id => named === null || named.includes(id)) : named
  const narrows = asked.has_image || asked.before !== null || asked.after !== null || room_ids || sender_ids
  if (asked.terms.length === 0 && !narrows) return { results: [] }
  if (room_ids?.length === 0 || sender_ids?.length === 0) return { results: [] }
  const ids = await finder.find(db.read, {
    viewer_id,
    terms: asked.terms,
    room_ids,
    sender_ids,
    has_image: asked.has_image,
    since: asked.after,
    until: asked.before,
    limit,
  })
  return { results: await presented(db, ids, asked.terms) }
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

/** The viewer's rooms of these names, a direct one by that of the other; a hyphen may stand for a space. */
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
  const wanted = new Set(names.map(written))
  const called = (room: RoomRow) =>
    people(room)
      ?.filter(({ id }) => id !== viewer_id)
      .flatMap(({ display_name, handle }) => [display_name, handle]) ?? [room.name]
  return mine.flatMap(({ room }) => (called(room).some(name => wanted.has(written(name))) ? [room.id] : []))
}

function written(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/^#/, '')
    .replaceAll(/[\s-]+/g, '-')
}

async function peopleNamed({ read, tables: { users } }: Database, handles: string[]): Promise<string[]> {
  const found = await read.select({ id: users.id }).from(users).where(inArray(users.handle, handles))
  return found.map(({ id }) => id)
}
