import { join } from 'node:path'

const MAIN = join(import.meta.dir, '../../src/server/cli/main.ts')

export type Outcome = { exitCode: number; stdout: string; stderr: string }

/** The command as somebody types it, in a process of its own. */
export function spawnGroupchat(dataDir: string, args: string[], env: Record<string, string> = {}, cwd = dataDir) {
  const { PATH, HOME } = process.env
  return Bun.spawn([process.execPath, MAIN, ...args], {
    cwd,
    env: { PATH, HOME, DATA_DIR: dataDir, ...env },
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  })
}

export async function groupchat(
  dataDir: string,
  args: string[],
  { env, input = '', cwd }: { env?: Record<string, string>; input?: string; cwd?: string } = {},
): Promise<Outcome> {
  const child = spawnGroupchat(dataDir, args, env, cwd)
  child.stdin.write(input)
  child.stdin.end()
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { exitCode: await child.exited, stdout, stderr }
}
