import { writeFileSync } from 'node:fs'
import type { Line } from './proxy.ts'
import type { ServerProcess } from './server-process.ts'

const HOUR_MS = 3_600_000

export type Nemesis = ReturnType<typeof createNemesis>

/** Does to the server and to the lines what power cuts, busy machines, bad networks and clocks do. */
export function createNemesis({
  server,
  proxy,
  clock,
  random,
}: {
  server: ServerProcess
  proxy: Line
  clock: string
  random: () => number
}) {
  const done = { kills: 0, pauses: 0, cuts: 0, losses: 0, jumps: 0 }

  async function kill() {
    done.kills++
    await server.kill()
    await server.start()
  }
  async function pause() {
    done.pauses++
    server.signal('SIGSTOP')
    await Bun.sleep(200 + random() * 1_800)
    server.signal('SIGCONT')
  }
  async function cut() {
    done.cuts++
    proxy.cut(random, 4_000)
  }
  async function lose() {
    done.losses++
    proxy.loseAnswers()
  }
  async function jump() {
    done.jumps++
    const shift = [HOUR_MS, 0, -HOUR_MS][done.jumps % 3] ?? 0
    writeFileSync(clock, String(shift))
    server.signal('SIGUSR2')
  }
  const troubles = [kill, kill, pause, cut, cut, lose, lose, jump]

  return {
    done,
    strike: () => (troubles[Math.floor(random() * troubles.length)] ?? kill)(),
    kill,
  }
}
