import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import type { Database } from '../../src/server/db/database.ts'
import { openDatabase } from '../../src/server/db/open.ts'

let folder: string
let db: Database

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'groupchat-db-'))
  db = await openDatabase('sqlite:chat.db?mode=rwc', folder)
})
afterEach(async () => {
  await db.close()
  rmSync(folder, { recursive: true, force: true })
})

function insert(key: string) {
  return db.write(async tx => {
    await tx.insert(db.tables.meta).values({ key, value: key })
    return key
  })
}
const keys = async () =>
  (await db.read.select().from(db.tables.meta)).map(row => row.key).filter(key => key !== 'epoch')

describe('the group-committing writer', () => {
  test('commits what gathers, and each write gets its own result', async () => {
    const results = await Promise.all(['a', 'b', 'c'].map(insert))
    expect(results).toEqual(['a', 'b', 'c'])
    expect((await keys()).sort()).toEqual(['a', 'b', 'c'])
  })

  test('rolls back a failing write alone, all of it', async () => {
    const fail = () =>
      db.write(async tx => {
        await tx.insert(db.tables.meta).values({ key: 'half', value: '1' })
        await tx.insert(db.tables.meta).values({ key: 'a', value: 'taken' })
      })
    const outcomes = await Promise.allSettled([insert('a'), fail(), insert('b')])
    expect(outcomes.map(outcome => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((await keys()).sort()).toEqual(['a', 'b'])
  })

  test('runs writes one after the other: nobody reads what another is about to change', async () => {
    await insert('counter')
    await db.write(async tx => {
      await tx.update(db.tables.meta).set({ value: '0' }).where(eq(db.tables.meta.key, 'counter'))
    })
    const increment = () =>
      db.write(async tx => {
        const [row] = await tx.select().from(db.tables.meta).where(eq(db.tables.meta.key, 'counter'))
        await tx
          .update(db.tables.meta)
          .set({ value: String(Number(row?.value) + 1) })
          .where(eq(db.tables.meta.key, 'counter'))
      })
    await Promise.all(Array.from({ length: 300 }, increment))
    const [row] = await db.read.select().from(db.tables.meta).where(eq(db.tables.meta.key, 'counter'))
    expect(row?.value).toBe('300')
  })

  test('shows a reader nothing of a write that is not committed', async () => {
    const seen: string[][] = []
    await db.write(async tx => {
      await tx.insert(db.tables.meta).values({ key: 'unborn', value: '1' })
      seen.push(await keys())
    })
    expect(seen).toEqual([[]])
    expect(await keys()).toEqual(['unborn'])
  })

  test('goes on after a write that threw at once', async () => {
    await expect(db.write(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await insert('after')).toBe('after')
  })
})
