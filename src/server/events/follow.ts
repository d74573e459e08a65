import type { Bus, LastingEvent } from './bus.ts'
import type { Log } from './log.ts'

/** Events read from the log at a time. */
const PAGE = 500
/** How often the log is asked whether the bus has kept something back. */
const CHECK_MS = 2_000

export type Follower = {
  /** The id of the last event that was delivered. */
  position(): number
  /** Resolves once everything that is in the log now has been delivered. */
  caughtUp(): Promise<void>
  stop(): void
}

/**
 * Delivers every lasting event after `cursor`, in order, exactly once, and then whatever comes next. The log is the
 * truth and the bus only the doorbell: the next id passes, an older one is known already, and a later one means that
 * something was missed, which is then read from the log. (Passing on "anything newer" would lose what arrives late.)
 */
export function follow(
  log: Pick<Log, 'after'>,
  bus: Bus,
  cursor: number,
  deliver: (event: LastingEvent) => void,
  { checkMs = CHECK_MS, onError = (error: unknown) => console.error('follow', error) } = {},
): Follower {
  let position = cursor
  let reading: Promise<void> | null = null
  let stopped = false
  let again = false

  const unsubscribe = bus.subscribe(signal => {
    if (signal.kind !== 'lasting' || stopped) return
    if (signal.event.id <= position) return
    if (!reading && signal.event.id === position + 1) pass(signal.event)
    else void readLog().catch(onError)
  })
  const timer = setInterval(() => void readLog().catch(onError), checkMs)
  void readLog().catch(onError)

  function pass(event: LastingEvent) {
    position = event.id
    deliver(event)
  }

  /** One reading at a time; whoever rings meanwhile gets another look afterwards. */
  function readLog(): Promise<void> {
    again = true
    reading ??= (async () => {
      try {
        while (again && !stopped) {
          again = false
          const page = await log.after(position, PAGE)
          for (const event of page) if (!stopped && event.id > position) pass(event)
          if (page.length === PAGE) again = true
        }
      } finally {
        reading = null
      }
    })()
    return reading
  }

  return {
    position: () => position,
    caughtUp: readLog,
    stop() {
      stopped = true
      clearInterval(timer)
      unsubscribe()
    },
  }
}
