import { afterEach, beforeEach, describe, expect, spyOn, test } from 'bun:test'
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { compress, compressLeftovers } from '../../src/server/record/compress.ts'
import { finishedParts } from '../../src/server/record/files.ts'
import { LogFile } from '../../src/server/record/log-file.ts'
import { verifyLog } from '../../src/server/record/verify.ts'
import { expectAgreement, startRecorder, temporaryFolder } from './support.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

const log = () => readFileSync(folder.file('backup.sql'), 'utf8')
const generation = () => / log (\S+) /.exec(log())?.[1] ?? ''
const part = (number: number) => folder.file(`backup.sql.${generation()}.00000${number}`)
const names = () => readdirSync(folder.path).filter(name => name.startsWith('backup.sql'))

describe('a full file that cannot be put away', () => {
  const obstacles = {
    'its name is taken': () => part(0),
    'there is no other to go on in': () => folder.file('backup.sql.new'),
  }
  for (const [why, place] of Object.entries(obstacles))
    test(`is gone on with, and put away later: ${why}`, async () => {
      const started = startRecorder(folder.path, { partMax: 30_000 })
      const obstacle = place()
      mkdirSync(join(obstacle, 'in the way'), { recursive: true })
      await started.notes(100)
      // What is opened now gets the number of a file that was closed before its time.
      const others = Array.from({ length: 6 }, (_, at) => openSync(folder.file(`upload-${at}`), 'w+'))
      for (let at = 0; at < 3; at++) await started.notes(1)
      expect(others.map((_, at) => statSync(folder.file(`upload-${at}`)).size)).toEqual([0, 0, 0, 0, 0, 0])
      for (const file of others) closeSync(file)
      expect([started.troubles.length, started.parts, started.recorder.owed]).toEqual([1, [], 0])
      rmSync(obstacle, { recursive: true })
      await started.notes(10)
      await started.settled()
      expect([started.troubles.length, started.parts]).toEqual([1, [part(0)]])
      await started.notes(1)
      await started.stops()
      await expectAgreement(folder.path)
    })

  test('has its name back when only the last step fails', async () => {
    const started = startRecorder(folder.path, { partMax: 3_000 })
    const moving = spyOn(LogFile.prototype, 'moveTo').mockImplementationOnce(() => {
      throw new Error('no')
    })
    await started.notes(20)
    moving.mockRestore()
    expect([started.troubles, started.parts, names()]).toEqual([['no'], [], ['backup.sql']])
    await started.notes(5)
    await started.settled()
    await started.stops()
    expect(started.parts).toEqual([part(0)])
    await expectAgreement(folder.path)
  })

  /** A disk of its own, small enough to be filled. Only root may mount one. */
  const disk = temporaryFolder()
  const mounted = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk.path]).exitCode === 0
  test.skipIf(!mounted)('stays the log while the disk is full', async () => {
    const started = startRecorder(folder.path)
    await started.stops()
    for (const name of readdirSync(folder.path)) renameOver(folder.file(name), disk.file(name))
    const again = startRecorder(disk.path, { partMax: 200_000, syncEveryMs: 50 })
    try {
      const noted = again.notes(600)
      await Bun.sleep(20)
      for (let bytes = 512 * 1024, n = 0; bytes >= 256; n++)
        try {
          writeFileSync(disk.file(`filler-${n}`), new Uint8Array(bytes))
        } catch {
          bytes /= 2
        }
      await noted
      await Bun.sleep(100)
      expect(again.troubles.filter(words => words.includes('ENOSPC'))).toHaveLength(1)
      expect(again.parts).toEqual([])
      for (const name of new Bun.Glob('filler-*').scanSync(disk.path)) rmSync(disk.file(name))
      await again.notes(60)
      await again.settled()
      expect(again.parts).toHaveLength(1)
      await again.stops()
      await expectAgreement(disk.path)
    } finally {
      Bun.spawnSync(['umount', '--lazy', disk.path])
      disk.remove()
    }
  })
})

describe('a crash while a file is put away', () => {
  test('before the next one is in its place is mended', async () => {
    const started = startRecorder(folder.path)
    await started.notes(5)
    await started.stops()
    const before = generation()
    renameSync(folder.file('backup.sql'), part(0))
    writeFileSync(folder.file('backup.sql.new'), '-- GroupChat')
    const again = startRecorder(folder.path)
    await again.notes(1)
    await again.stops()
    expect(again.troubles).toEqual([])
    expect(generation()).toBe(before)
    await expectAgreement(folder.path)
  })

  test('before anything stands in the next one is gone on from', async () => {
    const started = startRecorder(folder.path, { partMax: 3_000 })
    await started.notes(20)
    await started.settled()
    await started.stops()
    expect(log().split('\n')).toHaveLength(2)
    const before = generation()
    const again = startRecorder(folder.path)
    await again.notes(1)
    await again.stops()
    expect([generation(), again.troubles]).toEqual([before, []])
    await expectAgreement(folder.path)
  })

  test('after it was compressed does not make it count twice', async () => {
    const started = startRecorder(folder.path, { partMax: 3_000 })
    await started.notes(20)
    await started.notes(1)
    await started.stops()
    writeFileSync(`${part(0)}.gz`, gzipSync(readFileSync(part(0))))
    await expectAgreement(folder.path)
    await compressLeftovers(folder.path)
    expect(names()).not.toContain(part(0))
    await expectAgreement(folder.path)
  })
})

test('a generation in which nothing has happened goes on after a start', async () => {
  for (let starts = 0; starts < 2; starts++) {
    const started = startRecorder(folder.path)
    await started.notes(3)
    await started.stops()
    rmSync(folder.file('backup.sql'))
  }
  await startRecorder(folder.path).stops()
  const before = generation()
  const again = startRecorder(folder.path)
  await again.stops()
  expect([generation(), again.troubles]).toEqual([before, []])
  await expectAgreement(folder.path)
})

test('a log that cannot be read is kept', async () => {
  const started = startRecorder(folder.path)
  await started.notes(3)
  await started.stops()
  const text = `no head\n${log()}`
  writeFileSync(folder.file('backup.sql'), text)
  await startRecorder(folder.path).stops()
  const [kept] = names().filter(name => name.startsWith('backup.sql.unreadable-'))
  expect(readFileSync(folder.file(kept ?? ''), 'utf8')).toBe(text)
  await expectAgreement(folder.path)
})

test('a log that stands there as a part already does not take its place', async () => {
  const started = startRecorder(folder.path, { partMax: 3_000 })
  await started.notes(1)
  const earlier = log()
  await started.notes(20)
  await started.stops()
  const [full = ''] = started.parts
  await compress(full)
  const whole = readFileSync(`${full}.gz`)
  writeFileSync(folder.file('backup.sql'), earlier)
  await startRecorder(folder.path).stops()
  expect(readFileSync(`${full}.gz`)).toEqual(whole)
  const [kept] = names().filter(name => name.startsWith('backup.sql.second-'))
  expect(readFileSync(folder.file(kept ?? ''), 'utf8')).toBe(earlier)
  await expectAgreement(folder.path)
})

test('compressing that is stopped leaves the part to the next start', async () => {
  const path = folder.file('backup.sql.20260101T000000000Z.000000')
  const bytes = crypto.getRandomValues(new Uint8Array(65_536))
  writeFileSync(path, Buffer.concat(Array.from({ length: 300 }, () => bytes)))
  const stopping = new AbortController()
  const done = compress(path, stopping.signal)
  while (!names().some(name => name.endsWith('.gz.new'))) await Bun.sleep(1)
  stopping.abort()
  await done
  expect(names()).toEqual(['backup.sql.20260101T000000000Z.000000'])
  await compressLeftovers(folder.path)
  expect(finishedParts(folder.path).map(({ path }) => path)).toEqual([`${path}.gz`])
  expect((await verifyLog(folder.path)).files).toBe(1)
})

function renameOver(from: string, to: string) {
  writeFileSync(to, readFileSync(from))
  rmSync(from)
}
