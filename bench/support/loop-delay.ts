// Preloaded into a server whose loop is watched: SIGUSR2 writes how long it stood still since the last time, and begins anew.
import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 2
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delay.enable()
process.on('SIGUSR2', () => {
  const ms = (ns: number) => ns / 1e6
  const figures = { max: ms(delay.max), p99: ms(delay.percentile(99)), p50: ms(delay.percentile(50)) }
  writeFileSync(process.env.LOOP_DELAY_FILE ?? 'loop-delay.json', JSON.stringify(figures))
  delay.reset()
})
