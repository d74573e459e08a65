import type { Database as Connection } from 'bun:sqlite'
import { quoted } from '../db/tables.ts'
import { makeOutbox } from './outbox.ts'
import { type Column, OUTBOX, otherSchema, recordedTables, type Shape } from './shape.ts'
import { spelled } from './spelled.ts'

/**
 * The outbox and what fills it: each row that is inserted, updated or deleted, by whatever program, leaves the SQL that
 * repeats it, in the same transaction. So what is rolled back leaves nothing, and what is committed cannot be missing.
 * Inserts and updates are written with OR REPLACE: what a REPLACE drives out fires no trigger, and is driven out again.
 */
export function installTriggers(connection: Connection) {
  removeTriggers(connection)
  makeOutbox(connection)
  for (const sql of triggers(connection)) connection.run(sql)
}

/** Of what is recorded and how: changes with the tables, and with what this program makes of them. */
export function fingerprint(connection: Connection): string {
  const words = [
    ...recordedTables(connection).map(({ sql }) => sql),
    ...otherSchema(connection),
    ...triggers(connection),
  ]
  return new Bun.CryptoHasher('sha256').update(words.join('\n')).digest('hex')
}

function triggers(connection: Connection): string[] {
  return recordedTables(connection).flatMap(triggersOf)
}

export function removeTriggers(connection: Connection) {
  const names = connection
    .query<{ name: string }, []>(
      `SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'record\\_%' ESCAPE '\\'`,
    )
    .all()
  for (const { name } of names) connection.run(`DROP TRIGGER ${quoted(name)}`)
}

function triggersOf(shape: Shape): string[] {
  const { name } = shape
  const table = quoted(name)
  const trigger = (verb: string, when: string, sql: string) =>
    `CREATE TRIGGER ${quoted(`record_${name}_${verb}`)} AFTER ${verb.toUpperCase()} ON ${table} ${when}BEGIN
      INSERT INTO ${OUTBOX} (sql) VALUES (${sql});
    END`
  return [
    trigger('insert', '', insertion(shape)),
    trigger('update', `WHEN ${shape.columns.map(differs).join(' OR ')} `, update(shape)),
    trigger('delete', '', `${literal(`DELETE FROM ${table} WHERE `)} || ${where(shape)}`),
  ]
}

/** An SQL expression that spells the statement. */
function insertion({ name, columns, key }: Shape): string {
  const names = [...(key[0] === 'rowid' ? ['rowid'] : []), ...columns.map(column => column.name)]
  const head = `INSERT OR REPLACE INTO ${quoted(name)} (${names.map(quoted).join(', ')}) VALUES (`
  return `${literal(head)} || ${names.map(each => spelled(`NEW.${quoted(each)}`)).join(` || ', ' || `)} || ')'`
}

/** Only what has changed: a long text is not repeated because of a flag beside it. */
function update(shape: Shape): string {
  const pieces = shape.columns.map(
    column =>
      `CASE WHEN ${differs(column)} THEN ${literal(`, ${quoted(column.name)} = `)} || ${spelled(`NEW.${quoted(column.name)}`)} ELSE '' END`,
  )
  const head = `UPDATE OR REPLACE ${quoted(shape.name)} SET `
  return `${literal(head)} || substr(${pieces.join(' || ')}, 3) || ' WHERE ' || ${where(shape)}`
}

function where({ key }: Shape): string {
  return key
    .map(name => `${literal(`${quoted(name)} IS `)} || ${spelled(`OLD.${quoted(name)}`)}`)
    .join(` || ' AND ' || `)
}

/** 1 and 1.0 are equal, so where a column takes either the type is compared too. */
function differs({ name, affinity }: Column): string {
  const [now, before] = [`NEW.${quoted(name)}`, `OLD.${quoted(name)}`]
  const unequal = `${now} COLLATE BINARY IS NOT ${before}`
  return affinity === 'other' ? `(${unequal} OR typeof(${now}) <> typeof(${before}))` : unequal
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`
