/** A flush may take this part of the process's time at most: the busier it is, the more frames go out together. */
const SHARE = 1 / 2
const PAUSE_MAX_MS = 50

/**
 * Runs `work` at the end of the turn in which it was first asked for; then, if that took long, not again until as much
 * time has passed for everything else. A quiet room pays no delay, a crowded one gathers more into each write.
 */
export function paced(work: () => void): { ask(): void; stop(): void } {
  let asked = false
  let stopped = false
  let free = 0
  let timer: ReturnType<typeof setTimeout> | null = null

  function run() {
    asked = false
    timer = null
    if (stopped) return
    const start = performance.now()
    work()
    const took = performance.now() - start
    free = start + took + Math.min(PAUSE_MAX_MS, took / SHARE - took)
  }

  return {
    ask() {
      if (asked || stopped) return
      asked = true
      const wait = free - performance.now()
      if (wait > 1) timer = setTimeout(run, wait)
      else setImmediate(run)
    },
    stop() {
      stopped = true
      if (timer) clearTimeout(timer)
    },
  }
}
