import { type SQL, sql } from 'drizzle-orm'
import type { Query, Tables } from '../db/database.ts'
import type { Finder, FoundIds, Wanted } from './finder.ts'

/** Trigrams need three characters; for what is shorter the newest messages that fit in all else are read one by one … */
const TRIGRAM = 3
/** … so many of them. */
const SCAN_MAX = 20_000

/**
 * Over the tables that the indexer fills (see the migrations `search_messages` and `index_behind_the_post`): `search_index` holds the
 * trigrams of each finished text beside the code of its room, `search_messages` numbers the messages as they are posted. The
 * number is a column of its own, because VACUUM may change SQLite's, and counts up, so the index itself has the newest first.
 * A search without words goes the same way, by the rooms alone; one for pictures begins with those there are.
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

  /** In a search by the numbered messages: what is known of them without reading them. */
  function cheap(wanted: Wanted, messages: SQL): SQL {
    const conditions = [sql`${messages}.room_id in (${allowed(wanted)})`]
    if (wanted.sender_ids) conditions.push(sql`${messages}.sender_id in ${wanted.sender_ids}`)
    if (wanted.since !== null) conditions.push(sql`${messages}.created_at >= ${wanted.since}`)
    if (wanted.until !== null) conditions.push(sql`${messages}.created_at < ${wanted.until}`)
    return sql.join(conditions, sql` and `)
  }

  async function byIndex(query: Query, wanted: Wanted, long: string[], short: string[]): Promise<FoundIds> {
    const codes = await query
      .select({ code: sql<string>`code` })
      .from(sql`search_rooms where room_id in (${allowed(wanted)})`)
    if (codes.length === 0) return { ids: [], is_partial: false }
    const within = `{room} : (${codes.map(({ code }) => quote(code)).join(' OR ')})`
    const match = long.length > 0 ? `${within} AND {content} : (${long.map(quote).join(' AND ')})` : within
    // CROSS JOIN is SQLite's way of fixing the order: the index leads, newest first, and the search stops at the limit …
    const numbered = sql`search_index cross join search_messages on search_messages.id = search_index.rowid`
    const whole = sql`cross join ${messages} on ${messages.id} = message_id cross join ${rooms} on ${rooms.id} = ${messages.room_id}`
    const fits = sql`search_index match ${match} and ${cheap(wanted, sql`search_messages`)}`
    const newestFirst = sql`order by search_index.rowid desc`
    if (short.length === 0) {
      const found = await query
        .select({ id: sql<string>`messages.id` })
        .from(
          sql`${numbered} ${whole} where ${fits} and ${narrowed(wanted, short)} ${newestFirst} limit ${wanted.limit}`,
        )
      return { ids: found.map(({ id }) => id), is_partial: false }
    }
    // … which a text that has to be read for two letters may never let it reach. One more tells whether there are others.
    const found = await query.select({ id: sql<string | null>`id`, number: sql<number>`number` }).from(sql`(
      with newest as materialized (select search_messages.id as number, message_id from ${numbered}
        where ${fits} ${newestFirst} limit ${SCAN_MAX + 1})
      select * from (select ${messages.id} as id, newest.number as number
        from newest ${whole}
        where ${narrowed(wanted, short)} order by newest.number desc limit ${wanted.limit})
      union all select null, count(*) from newest)`)
    const looked = found.find(({ id }) => id === null)?.number ?? 0
    const ids = found.sort((one, other) => other.number - one.number).flatMap(({ id }) => id ?? [])
    return { ids, is_partial: looked > SCAN_MAX && ids.length < wanted.limit }
  }

  /** All there are are looked through: they are few beside the messages. */
  async function byPictures(query: Query, wanted: Wanted, short: string[]): Promise<FoundIds> {
    const pictured = sql`(select distinct message_id from ${uploads}
      where ${uploads.room_id} in (${allowed(wanted)}) and message_id is not null) pictured`
    const found = await query.select({ id: sql<string>`messages.id` }).from(sql`${pictured}
      cross join ${messages} on ${messages.id} = pictured.message_id cross join ${rooms} on ${rooms.id} = ${messages.room_id}
      where ${cheap(wanted, sql`${messages}`)} and ${narrowed(wanted, short)}
      order by ${messages.created_at} desc, ${messages.id} desc limit ${wanted.limit}`)
    return { ids: found.map(({ id }) => id), is_partial: false }
  }

  return {
    find(query, wanted) {
      const long = wanted.terms.filter(term => lengthOf(term) >= TRIGRAM)
      const short = wanted.terms.filter(term => lengthOf(term) < TRIGRAM)
      return wanted.has_image && long.length === 0
        ? byPictures(query, wanted, short)
        : byIndex(query, wanted, long, short)
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
