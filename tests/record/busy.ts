import { openDatabase } from '../../src/server/db/open.ts'

/** A server that has more to write than its log's files hold. Says so once it has begun; see crash.test.ts. */
const [folder = ''] = process.argv.slice(2)
const db = await openDatabase('sqlite:chat.db', folder, { sqlLog: 'on', partMax: 100_000, trouble: console.error })
console.log('writing')
for (let n = 0; ; n++)
  await db.write(async tx => {
    await tx.insert(db.tables.meta).values({ key: `key ${n}`, value: 'x'.repeat(5_000) })
  })
