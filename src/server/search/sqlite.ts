import { type SQL, sql } from 'drizzle-orm'
import type { Query, Tables } from '../db/database.ts'
import type { Finder, Wanted } from './finder.ts'

/** Trigrams need three characters; for what is shorter the newest messages are read one by one. */
const TRIGRAM = 3
/** So many of them, shared out among the rooms that are searched; and so many hits of a longer word beside them. */
const SCAN_MAX = 20_000

/**
 * Over the tables that the indexer fills (see the migrations `search_messages` and `index_behind_the_post`): `search_index` holds the
 * trigrams of each finished text beside the code of its room, `search_messages` numbers the messages as they are posted. The
 * number is a column of its own, because VACUUM may change SQLite's, and counts up, so the index itself has the newest first.
 */
export function sqliteFinder(tables: Tables): Finder {
  const { messages, rooms, room_members, uploads } = tables

  /** The rooms to look into, by today's memberships. */
  function allowed({ viewer_id, room_ids }: Wanted): SQL {
    const named = room_ids ? sql` and ${rooms.id} in ${room_ids}` : sql``
    return sql`select ${rooms.id} from ${room_members} join ${rooms} on ${rooms.id} = ${room_members.room_id}
      where ${room_members.user_id} = ${viewer_id} and ${rooms.deleted_at} is null${named}`
  }

  function narrowed(wanted: Wanted, short: string[]): SQL {
    const conditions = [
      sql`${messages.deleted_at} is null and ${messages.status} <> 'streaming' and ${messages.seq} > ${rooms.cleared_seq}`,
    ]
    if (wanted.has_image)
      conditions.push(sql`exists (select 1 from ${uploads} where ${uploads.message_id} = ${messages.id}
        and (${uploads.version} is null or ${uploads.version} = json_extract(${messages.ai}, '$.version')))`)
    for (const term of short) {
      // LIKE knows the two cases of ASCII letters only.
      const spelled = [...new Set([term, term.toLowerCase(), term.toUpperCase()])]
      const any = spelled.map(each => sql`${messages.content} like ${`%${escapeLike(each)}%`} escape '\\'`)
      conditions.push(sql`(${sql.join(any, sql` or `)})`)
    }
    return sql.join(conditions, sql` and `)
  }

  async function byIndex(query: Query, wanted: Wanted, long: string[], short: string[]): Promise<string[]> {
    const codes = await query
      .select({ code: sql<string>`code` })
      .from(sql`search_rooms where room_id in (${allowed(wanted)})`)
    if (codes.length === 0) return []
    const match = `{room} : (${codes.map(({ code }) => quote(code)).join(' OR ')}) AND {content} : (${long.map(quote).join(' AND ')})`
    const first = [sql`search_messages.room_id in (${allowed(wanted)})`]
    if (wanted.sender_ids) first.push(sql`search_messages.sender_id in ${wanted.sender_ids}`)
    if (wanted.since !== null) first.push(sql`search_messages.created_at >= ${wanted.since}`)
    if (wanted.until !== null) first.push(sql`search_messages.created_at < ${wanted.until}`)
    const cheap = sql`search_index match ${match} and ${sql.join(first, sql` and `)}`
    // CROSS JOIN is SQLite's way of fixing the order: the index leads, newest first, and the search stops at the limit …
    const numbered = sql`search_index cross join search_messages on search_messages.id = search_index.rowid`
    const whole = sql`cross join ${messages} on ${messages.id} = message_id cross join ${rooms} on ${rooms.id} = ${messages.room_id}`
    const source =
      short.length === 0
        ? sql`${numbered} ${whole} where ${cheap} and ${narrowed(wanted, short)} order by search_index.rowid desc`
        : // … which a text that has to be read for two letters may never let it reach.
          sql`(select search_messages.id as number, message_id from ${numbered} where ${cheap}
              order by search_index.rowid desc limit ${SCAN_MAX}) newest
            ${whole} where ${narrowed(wanted, short)} order by newest.number desc`
    const found = await query.select({ id: sql<string>`messages.id` }).from(sql`${source} limit ${wanted.limit}`)
    return found.map(({ id }) => id)
  }

  async function byReading(query: Query, wanted: Wanted, short: string[]): Promise<string[]> {
    const [counted] = await query.select({ n: sql<number>`count(*)` }).from(sql`(${allowed(wanted)})`)
    if (!counted?.n) return []
    const each = Math.ceil(SCAN_MAX / counted.n)
    const first = [sql`${messages.seq} > ${rooms.last_seq} - ${each}`]
    if (wanted.sender_ids) first.push(sql`${messages.sender_id} in ${wanted.sender_ids}`)
    if (wanted.since !== null) first.push(sql`${messages.created_at} >= ${wanted.since}`)
    if (wanted.until !== null) first.push(sql`${messages.created_at} < ${wanted.until}`)
    const found = await query.select({ id: sql<string>`messages.id` }).from(sql`${rooms}
      cross join ${messages} indexed by messages_room_seq on ${messages.room_id} = ${rooms.id}
      where ${rooms.id} in (${allowed(wanted)}) and ${sql.join(first, sql` and `)} and ${narrowed(wanted, short)}
      order by ${messages.created_at} desc, ${messages.id} desc limit ${wanted.limit}`)
    return found.map(({ id }) => id)
  }

  return {
    find(query, wanted) {
      const long = wanted.terms.filter(term => lengthOf(term) >= TRIGRAM)
      const short = wanted.terms.filter(term => lengthOf(term) < TRIGRAM)
      return long.length > 0 ? byIndex(query, wanted, long, short) : byReading(query, wanted, short)
    },
  }
}

/** In characters as the tokenizer counts them: accents that are written apart are dropped. */
function lengthOf(term: string): number {
  return [...term.replace(/[\u0300-\u036f]/g, '')].length
}

/** A string of FTS5's query language, in which nothing has a meaning but the quote. */
function quote(term: string): string {
  return `"${term.replaceAll('"', '""')}"`
}

function escapeLike(term: string): string {
  return term.replace(/[\\%_]/g, '\\$&')
}
