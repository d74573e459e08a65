import type { Database as Connection } from 'bun:sqlite'
import { closeSync, openSync, readSync } from 'node:fs'
import { ordinaryTables, quoted } from '../db/tables.ts'

/** What is wrong with a database file, in words; null when nothing is. */
export function findDamage(connection: Connection): string | null {
  const [first] = connection.query('PRAGMA integrity_check(1)').values()
  const verdict = String(first?.[0])
  if (verdict !== 'ok') return `SQLite's integrity check says: ${verdict}`
  const dangling = connection.query('PRAGMA foreign_key_check').values().length
  return dangling > 0 ? `${dangling} rows refer to rows that are not there` : null
}

export function countRows(connection: Connection): Record<string, number> {
  return Object.fromEntries(
    ordinaryTables(connection).map(name => [
      name,
      Number(connection.query(`SELECT count(*) FROM ${quoted(name)}`).values()[0]?.[0]),
    ]),
  )
}

const BLOCK = 1024 * 1024

export function sha256Of(path: string): string {
  const hash = new Bun.CryptoHasher('sha256')
  const block = Buffer.alloc(BLOCK)
  const file = openSync(path, 'r')
  try {
    for (;;) {
      const read = readSync(file, block, 0, BLOCK, null)
      if (read === 0) return hash.digest('hex')
      hash.update(block.subarray(0, read))
    }
  } finally {
    closeSync(file)
  }
}
