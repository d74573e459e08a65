import { Database } from 'bun:sqlite'
import type { Message } from '../../src/shared/messages.ts'

export type Heard = { name: string; room_id: string; messages: Message[]; resets: number }

/** What should never be, with how often it was. */
export type Verdict = {
  acknowledged: number
  /** Acknowledged, but not there. */
  lost: number
  /** There twice, or acknowledged under two ids. */
  doubled: number
  /** `seq` with a gap, or another order for a reader than for the room. */
  reordered: number
  /** There, but not told to a reader who was there all the time. */
  never_read: number
  /** Told to a reader twice. */
  told_twice: number
  /** Answers that nobody writes any more, but that say they are being written. */
  orphans: number
  /** Tools that were run more than once for a single call. */
  tools_run_twice: number
  damaged: string[]
}

export type Evidence = {
  database: string
  /** By room, what was acknowledged to the writers. */
  acknowledged: Map<string, Message[]>
  readers: Heard[]
  /** How often each address was opened that a model asked for once. */
  fetched: Map<string, number>
}

export function check({ database, acknowledged, readers, fetched }: Evidence): Verdict {
  const db = new Database(database, { readonly: true })
  const all = <Row>(sql: string, ...values: string[]) => db.query<Row, string[]>(sql).all(...values)
  const verdict: Verdict = {
    acknowledged: 0,
    lost: 0,
    doubled: 0,
    reordered: 0,
    never_read: 0,
    told_twice: 0,
    orphans: 0,
    tools_run_twice: [...fetched.values()].filter(times => times > 1).length,
    damaged: all<{ integrity_check: string }>('PRAGMA integrity_check')
      .map(row => row.integrity_check)
      .filter(words => words !== 'ok'),
  }
  const [orphans] = all<{ n: number }>(
    "SELECT (SELECT count(*) FROM messages WHERE status = 'streaming') + (SELECT count(*) FROM agent_sessions WHERE status = 'running') AS n",
  )
  verdict.orphans = orphans?.n ?? 0
  for (const [room_id, messages] of acknowledged) {
    verdict.acknowledged += messages.length
    const stored = all<{ id: string; seq: number; client_id: string }>(
      'SELECT id, seq, client_id FROM messages WHERE room_id = ? ORDER BY seq',
      room_id,
    )
    const ids = new Set(stored.map(({ id }) => id))
    verdict.lost += messages.filter(({ id }) => !ids.has(id)).length
    verdict.doubled += stored.length - new Set(stored.map(({ client_id }) => client_id)).size
    verdict.doubled += messages.length - new Set(messages.map(({ id }) => id)).size
    verdict.reordered += stored.filter(({ seq }, at) => seq !== at + 1).length
    for (const reader of readers.filter(each => each.room_id === room_id)) {
      const heard = new Set(reader.messages.map(({ id }) => id))
      verdict.told_twice += reader.messages.length - heard.size
      verdict.never_read += [...ids].filter(id => !heard.has(id)).length
      verdict.reordered += reader.messages.filter(({ seq }, at) => seq < (reader.messages[at - 1]?.seq ?? 0)).length
    }
  }
  db.close()
  return verdict
}
