import { openSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '../..')

export type ServerProcess = ReturnType<typeof createServerProcess>

/** The server as a process that can be killed and started again on the same folder and port. What it says goes to ours, or into a file. */
export function createServerProcess(env: Record<string, string>, preload: string[] = [], said?: string) {
  const probe = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const port = probe.port
  probe.stop(true)
  const url = `http://127.0.0.1:${port}`
  let child: ReturnType<typeof spawn> | null = null
  const output = said ? openSync(said, 'a') : 'inherit'

  function spawn() {
    const { PATH, HOME } = process.env
    return Bun.spawn(
      [process.execPath, ...preload.flatMap(file => ['--preload', file]), join(ROOT, 'src/server/index.ts')],
      {
        cwd: ROOT,
        env: { PATH, HOME, BIND_ADDR: `127.0.0.1:${port}`, RATE_LIMITS: 'off', LOG_LEVEL: 'error', ...env },
        stdout: output,
        stderr: output,
      },
    )
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM') {
    child?.kill(signal)
    await child?.exited
  }

  return {
    url,
    /** Resolves once it answers. */
    async start() {
      child = spawn()
      while (!(await fetch(`${url}/readyz`).catch(() => null))?.ok) {
        if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}`)
        await Bun.sleep(10)
      }
    },
    signal: (signal: 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2' | 'SIGTERM') => child?.kill(signal),
    /** Its status once it has ended. */
    ended: async () => child?.exited,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}
