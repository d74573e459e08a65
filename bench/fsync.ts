import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Person } from '../tests/support/person.ts'
import { bar, count, option } from './support/figures.ts'
import { openPoster } from './support/poster.ts'
import { startPeer } from './support/server.ts'

// Shows by the system calls themselves that nothing is acknowledged before it is on disk. Needs strace and Linux.
const POSTS = option('posts', 200)
if (!Bun.which('strace')) {
  console.error('This needs strace: apt-get install strace')
  process.exit(1)
}
const folder = mkdtempSync(join(import.meta.dir, '.data-'))
const trace = join(folder, 'trace')
const server = await startPeer(join(import.meta.dir, '../src/server/index.ts'), {
  command: [
    'strace',
    '-D',
    '-f',
    '-qq',
    '-y',
    '-s',
    '40',
    '-e',
    'trace=fsync,fdatasync,write,writev,sendto,sendmsg',
    '-o',
    trace,
  ],
  env: { DATA_DIR: folder, RATE_LIMITS: 'off', LOG_LEVEL: 'error' },
})
try {
  const ada = await Person.register(server.url, {
    email: 'ada@example.org',
    password: 'correct horse battery',
    display_name: 'Ada',
  })
  const room = await ada.creates({ model_id: 'offline/guide' })
  const poster = await openPoster(server.port, ada.token)
  for (let n = 0; n < POSTS; n++)
    await poster.post(`/api/rooms/${room.id}/messages`, JSON.stringify({ content: `Message ${n}`, client_id: `m${n}` }))
  poster.close()
} finally {
  await server.stop()
}
/** Threads whose call was interrupted: the end of it comes in a line of its own. */
const syncing = new Set<string>()
let synced = false
let acknowledged = 0
let unsynced = 0
for (const line of readFileSync(trace, 'utf8').split('\n')) {
  const thread = line.split(' ')[0] ?? ''
  if (/\b(fsync|fdatasync)\(\d+<.*-wal>/.test(line)) {
    if (line.endsWith('= 0')) synced = true
    else syncing.add(thread)
  }
  if (/<\.\.\. (fsync|fdatasync) resumed.*= 0$/.test(line) && syncing.delete(thread)) synced = true
  if (!line.includes('HTTP/1.1 201')) continue
  acknowledged++
  if (!synced) unsynced++
  synced = false
}
rmSync(folder, { recursive: true, force: true })
bar(
  `${count(acknowledged)} acknowledged, ${unsynced} of them without an fsync of the journal since the one before`,
  acknowledged >= POSTS && unsynced === 0,
)
