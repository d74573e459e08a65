import { inArray, lte, max, sql } from 'drizzle-orm'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Query, Tables } from '../db/database.ts'
import type { TextIndex } from './text-index.ts'

/** Of one write: about 3 ms, up to 10 where the index puts its pages in order. */
const MESSAGES_MAX = 200
const CHARACTERS_MAX = 32_000

/** Made by migrations (`search_messages`, `index_behind_the_post`), like the triggers that fill the queue. */
const search_queue = sqliteTable('search_queue', { number: integer().primaryKey(), message_id: text().notNull() })
const search_rooms = sqliteTable('search_rooms', { room_id: text().notNull() })
const search_messages = sqliteTable('search_messages', {
  message_id: text().notNull(),
  room_id: text().notNull(),
  sender_id: text().notNull(),
  created_at: integer().notNull(),
})
const search_index = sqliteTable('search_index', { rowid: integer(), room: text(), content: text() })

/** Several statements a batch, not a message: within one of them FTS5 gathers what it would else write out for each. */
export function sqliteIndex({ messages, rooms }: Tables): TextIndex {
  return {
    async newest(query) {
      const [row] = await query.select({ number: max(search_queue.number) }).from(search_queue)
      return row?.number ?? null
    },

    async take(tx) {
      const waiting = await tx
        .select({ number: search_queue.number, length: sql<number>`coalesce(length(${messages.content}), 0)` })
        .from(search_queue)
        .leftJoin(messages, sql`${messages.id} = ${search_queue.message_id}`)
        .orderBy(search_queue.number)
        .limit(MESSAGES_MAX)
      const [first, ...more] = waiting
      if (!first) return null
      let { number: upTo, length: characters } = first
      let count = 1
      for (const { number, length } of more) {
        characters += length
        if (characters > CHARACTERS_MAX) break
        upTo = number
        count++
      }

      const taken = sql`search_queue join ${messages} on ${messages.id} = search_queue.message_id and search_queue.number <= ${upTo}`
      const numbered = sql`${taken} join search_messages on search_messages.message_id = ${messages.id}`
      await forget(tx, upTo)
      await tx
        .insert(search_rooms)
        .select(sql`select distinct ${messages.room_id} from ${taken} where true`)
        .onConflictDoNothing()
      await tx
        .insert(search_messages)
        .select(
          sql`select ${messages.id}, ${messages.room_id}, ${messages.sender_id}, ${messages.created_at} from ${taken}
            where true order by search_queue.number`,
        )
        .onConflictDoNothing()
      await tx.insert(search_index).select(
        sql`select distinct search_messages.id, search_rooms.code, ${messages.content} from ${numbered}
          join search_rooms on search_rooms.room_id = ${messages.room_id}
          join ${rooms} on ${rooms.id} = ${messages.room_id}
          where ${messages.status} <> 'streaming' and ${messages.deleted_at} is null and ${messages.seq} > ${rooms.cleared_seq}
          order by search_messages.id`,
      )
      await tx.delete(search_queue).where(lte(search_queue.number, upTo))
      return { upTo, count }
    },
  }
}

/** What stood in the index of what is noted; messages that are no more are forgotten altogether. */
async function forget(tx: Query, upTo: number) {
  const noted = sql`select message_id from search_queue where number <= ${upTo}`
  const known = await tx.select({ id: sql<number>`id` }).from(search_messages).where(sql`message_id in (${noted})`)
  if (known.length === 0) return
  await tx.delete(search_index).where(
    inArray(
      search_index.rowid,
      known.map(({ id }) => id),
    ),
  )
  await tx.delete(search_messages).where(sql`message_id in (${noted} except select id from messages)`)
}
