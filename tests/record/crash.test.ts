import { afterEach, beforeEach, expect, test } from 'bun:test'
import { appendFileSync, copyFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { compress } from '../../src/server/record/compress.ts'
import { verifyWithDatabase } from '../../src/server/record/expected.ts'
import { openLog } from '../../src/server/record/read.ts'
import { verifyLog } from '../../src/server/record/verify.ts'
import { connectTo, expectAgreement, startRecorder, temporaryFolder } from './support.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

const log = () => readFileSync(folder.file('backup.sql'), 'utf8')

test('numbers are not given out again after another program wrote a part of what it meant to', async () => {
  const started = startRecorder(folder.path)
  const other = connectTo(folder.path)
  await started.notes(2)
  other.run(`INSERT INTO notes VALUES ('taken', '')`)
  await started.settled()
  expect(() => other.run(`INSERT OR FAIL INTO notes VALUES ('a', ''), ('b', ''), ('taken', ''), ('c', '')`)).toThrow()
  while (started.writing.query('SELECT 1 FROM record_outbox').all().length > 0 || !log().includes("'b'"))
    await Bun.sleep(5)
  other.run(`INSERT INTO notes VALUES ('d', ''), ('e', '')`)
  while (!log().includes("'e'")) await Bun.sleep(5)
  other.close()
  await started.stops()
  expect(started.troubles).toEqual([])
  await expectAgreement(folder.path)
})

test('what was not yet safely on disk is written again after a power cut', async () => {
  const started = startRecorder(folder.path, { syncEveryMs: 100_000 })
  void started.notes(60)
  await Bun.sleep(50)
  const after = temporaryFolder()
  cpSync(folder.path, after.path, { recursive: true })
  const bytes = readFileSync(after.file('backup.sql'))
  const at = bytes.lastIndexOf('\n', bytes.length - 6_000)
  writeFileSync(after.file('backup.sql'), bytes.fill(0, at, at + 4_096))
  const again = startRecorder(after.path)
  await again.notes(1)
  await again.stops()
  expect(again.troubles).toEqual([])
  await expectAgreement(after.path)
  after.remove()
})

test('a log that tells of more than the database is put aside whole', async () => {
  const started = startRecorder(folder.path, { syncEveryMs: 100_000 })
  void started.notes(3)
  await Bun.sleep(50)
  const earlier = temporaryFolder()
  cpSync(folder.path, earlier.path, { recursive: true })
  void started.notes(3)
  await Bun.sleep(50)
  copyFileSync(folder.file('backup.sql'), earlier.file('backup.sql'))
  const again = startRecorder(earlier.path)
  await again.stops()
  expect(again.troubles).toEqual([expect.stringContaining('it tells of more than the database knows')])
  expect(readFileSync(again.parts[0] ?? '', 'utf8')).toBe(log())
  await expectAgreement(earlier.path)
  earlier.remove()
})

test('a log that is compressed and goes on in another file meanwhile is read to its end', async () => {
  const started = startRecorder(folder.path, { partMax: 3_000 })
  await started.notes(20)
  await started.notes(5)
  const held = openLog(folder.path)
  await started.notes(20)
  await started.notes(20)
  for (const path of started.parts) await compress(path)
  const heads: string[] = []
  let lines = 0
  for (const part of held.parts)
    for await (const { text } of part.lines()) {
      if (text.startsWith('-- ')) heads.push(text)
      lines++
    }
  held.close()
  expect([heads.length, lines > 30]).toEqual([held.parts.length, true])
  await started.stops()
})

test('is verified beside a server that puts away one file after the other', async () => {
  const writer = Bun.spawn(['bun', `${import.meta.dir}/busy.ts`, folder.path], { stdout: 'pipe', stderr: 'inherit' })
  for await (const _ of writer.stdout) break
  const parts = () => readdirSync(folder.path).filter(name => name.endsWith('.gz')).length
  const before = parts()
  const found: string[] = []
  while (parts() < before + 5 && writer.exitCode === null) {
    found.push(...(await verifyWithDatabase(folder.path, folder.file('chat.db'))).problems)
    await Bun.sleep(1)
  }
  writer.kill('SIGKILL')
  await writer.exited
  expect([found, parts() >= before + 5]).toEqual([[], true])
}, 30_000)

test('its end cannot be cut off unseen while the database is at hand', async () => {
  const verdict = async () => (await verifyWithDatabase(folder.path, folder.file('chat.db'))).problems
  const started = startRecorder(folder.path)
  await started.notes(5)
  await started.stops()
  expect(await verdict()).toEqual([])
  const whole = log()
  writeFileSync(folder.file('backup.sql'), `${whole.split('\n').slice(0, -3).join('\n')}\n`)
  expect((await verifyLog(folder.path)).problems).toEqual([])
  expect(await verdict()).toEqual([
    'The end is missing: the log ends at change 3, and the database has written up to change 5.',
  ])
  rmSync(folder.file('backup.sql'))
  expect(await verdict()).toEqual([expect.stringMatching(/^The end is missing: .* and the log ends with none\.$/)])
  writeFileSync(folder.file('backup.sql'), whole)
  // What is committed and not yet written is not missing.
  const other = connectTo(folder.path)
  other.run(`INSERT INTO notes VALUES ('later', '')`)
  other.close()
  expect(await verdict()).toEqual([])
  // A database that cannot be read is just when the log is needed.
  writeFileSync(folder.file('chat.db'), 'no database')
  expect(await verdict()).toEqual([])
})

test('a part that cannot be decompressed is a problem in words', async () => {
  const started = startRecorder(folder.path, { partMax: 3_000 })
  await started.notes(20)
  await started.notes(1)
  await started.stops()
  for (const path of started.parts) await compress(path)
  appendFileSync(`${started.parts[0]}.gz`, 'more')
  const bytes = readFileSync(`${started.parts[0]}.gz`)
  writeFileSync(`${started.parts[0]}.gz`, bytes.fill(0x55, 40, 200))
  expect((await verifyLog(folder.path)).problems[0]).toMatch(/\.gz, line \d+: /)
})

test('nothing is said where a log begins for a reason', async () => {
  const quiet = async () => {
    const started = startRecorder(folder.path)
    await started.notes(1)
    await started.stops()
    return started.troubles
  }
  const changes = (sql: string) => {
    const connection = connectTo(folder.path)
    connection.run(sql)
    connection.close()
  }
  expect(await quiet()).toEqual([])
  // An update that changes the tables.
  changes('CREATE INDEX bodies ON notes (body)')
  expect(await quiet()).toEqual([])
  // A restore, see `server/backups/restore.ts`.
  changes(`DELETE FROM meta WHERE key LIKE 'sql\\_log%' ESCAPE '\\'`)
  expect(await quiet()).toEqual([])
  await expectAgreement(folder.path)
})
