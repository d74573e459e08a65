import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Linux counts processor time in hundredths of a second. */
const TICKS_PER_S = 100
const START_WITHIN_MS = 20_000

export type ServerProcess = Awaited<ReturnType<typeof startServerProcess>>

/** The real server in a process of its own, on a free port of loopback, with a folder of its own on a real disk. */
export async function startServerProcess({
  env = {},
  args = [],
}: {
  env?: Record<string, string>
  args?: string[]
} = {}) {
  const folder = mkdtempSync(join(import.meta.dir, '..', '.data-'))
  const port = freePort()
  const command = [process.execPath, ...args, join(import.meta.dir, '../../src/server/index.ts')]
  const process_ = spawn(command, {
    BIND_ADDR: `127.0.0.1:${port}`,
    DATA_DIR: folder,
    STATIC_DIR: 'dist/client',
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'error',
    ...env,
  })
  const url = `http://127.0.0.1:${port}`
  await answers(`${url}/readyz`)
  return {
    ...process_,
    url,
    port,
    folder,
    database: join(folder, 'chat.db'),
    async stop() {
      await process_.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

type Peer = { command?: string[]; env?: Record<string, string> }

/** Any program that listens, for a peer in the same run. It is told its port as PORT and in BIND_ADDR; `command` comes before it. */
export async function startPeer(file: string, { command = [], env = {} }: Peer = {}) {
  const port = freePort()
  const peer = spawn([...command, process.execPath, file], {
    PORT: String(port),
    BIND_ADDR: `127.0.0.1:${port}`,
    ...env,
  })
  const url = `http://127.0.0.1:${port}`
  await answers(`${url}/readyz`)
  return { ...peer, url, port, stop: peer.end }
}

function spawn(cmd: string[], env: Record<string, string>) {
  const { PATH, HOME, TMPDIR } = process.env
  const child = Bun.spawn({ cmd, env: { PATH, HOME, TMPDIR, ...env }, stdout: 'inherit', stderr: 'inherit' })
  return {
    pid: child.pid,
    /** Seconds of processor time, of all threads, so far. */
    cpu: () => cpuOf(child.pid),
    /** Seconds that its main thread was ready to run and had to wait for a processor. */
    waited: () => waitedOf(child.pid),
    /** Resident memory in KiB. */
    rss: () => rssOf(child.pid),
    async end() {
      child.kill('SIGTERM')
      await child.exited
    },
  }
}

function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S
}

function waitedOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e9
}

function rssOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
}

function freePort(): number {
  const probe = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  probe.stop(true)
  return probe.port
}

async function answers(url: string) {
  const until = Date.now() + START_WITHIN_MS
  while (Date.now() < until) {
    const response = await fetch(url).catch(() => null)
    if (response?.ok) return
    await Bun.sleep(20)
  }
  throw new Error(`Nothing answers at ${url}`)
}
