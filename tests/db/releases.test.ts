import { Database as Connection } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../src/server/db/migrate.ts'
import { ordinaryTables, quoted } from '../../src/server/db/tables.ts'
import { installTriggers } from '../../src/server/record/triggers.ts'

const ROWS = 3

type Journal = { entries: { tag: string }[] }
type Column = { name: string; type: string; notnull: number; pk: number; hidden: number }
type Reference = { from: string; table: string; to: string | null }
type Row = Record<string, unknown>

const released = (JSON.parse(readFileSync('drizzle/meta/_journal.json', 'utf8')) as Journal).entries

/** The migrations up to and with this one: a release of long ago. */
function upTo(tag: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'groupchat-release-'))
  cpSync('drizzle', folder, { recursive: true })
  const entries = released.slice(0, released.findIndex(entry => entry.tag === tag) + 1)
  writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify({ entries }))
  return folder
}

function columnsOf(db: Connection, table: string): Column[] {
  // Generated columns are not to be written.
  const columns = db.query<Column, []>(`PRAGMA table_xinfo(${quoted(table)})`).all()
  return columns.filter(({ hidden }) => hidden === 0)
}

function referencesOf(db: Connection, table: string): Reference[] {
  return db.query<Reference, []>(`PRAGMA foreign_key_list(${quoted(table)})`).all()
}

/** Those that are referred to first. */
function inOrder(db: Connection, tables: string[]): string[] {
  const done: string[] = []
  const visit = (table: string) => {
    if (done.includes(table)) return
    for (const reference of referencesOf(db, table)) if (reference.table !== table) visit(reference.table)
    done.push(table)
  }
  for (const table of tables) visit(table)
  return done
}

/** Rows in every table, with a value in every column, whatever the columns are: what a migration changes must not be known here. */
function fill(db: Connection, tables: string[]) {
  for (const table of inOrder(db, tables)) {
    const columns = columnsOf(db, table)
    const references = new Map(referencesOf(db, table).map(each => [each.from, each]))
    for (let at = 1; at <= ROWS; at++) {
      const values = columns.map(({ name, type }) => {
        const reference = references.get(name)
        return sample(reference?.table ?? table, reference?.to ?? name, type, at)
      })
      const names = columns.map(({ name }) => quoted(name)).join(', ')
      // A trigger may have filled the row already.
      db.query(`INSERT OR IGNORE INTO ${quoted(table)} (${names}) VALUES (${values.map(() => '?').join(', ')})`).run(
        ...values,
      )
    }
  }
}

/** Unique in its column, the same wherever it is referred to. Text is a JSON array at once, for the columns that hold such. */
function sample(table: string, column: string, type: string, at: number): string | number {
  if (/int/i.test(type)) return at
  if (/real/i.test(type)) return at + 0.1
  return JSON.stringify([`${table}.${column} ${at} ’“ü🙂`])
}

function snapshot(db: Connection, tables: string[]): Map<string, Row[]> {
  return new Map(
    tables.map(table => {
      const names = columnsOf(db, table).map(({ name }) => name)
      return [table, readRows(db, table, names)]
    }),
  )
}

function readRows(db: Connection, table: string, columns: string[]): Row[] {
  const list = columns.map(quoted).join(', ')
  return db.query<Row, []>(`SELECT ${list} FROM ${quoted(table)} ORDER BY ${columns.map((_, at) => at + 1)}`).all()
}

const contentTables = (db: Connection) => ordinaryTables(db).filter(name => name !== '__drizzle_migrations')

describe('a database of every release', () => {
  for (const { tag } of released)
    test(`${tag}: every row is as it was, in the newest schema`, () => {
      const folder = upTo(tag)
      const db = new Connection(':memory:')
      migrate(db, folder)
      rmSync(folder, { recursive: true })
      const tables = contentTables(db)
      fill(db, tables)
      const before = snapshot(db, tables)
      for (const [table, rows] of before) expect(`${table}: ${rows.length}`).toBe(`${table}: ${ROWS}`)
      expect(db.query('PRAGMA foreign_key_check').all()).toEqual([])
      // As a server with an SQL log leaves it.
      installTriggers(db)

      migrate(db)

      for (const [table, rows] of before) {
        const columns = Object.keys(rows[0] ?? {})
        expect(readRows(db, table, columns)).toEqual(rows)
      }
      expect(db.query('PRAGMA foreign_key_check').all()).toEqual([])
      expect(db.query('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
      db.close()
    })
})
