import { setTimeout as sleepFor } from 'node:timers/promises'

/** Time, so that a test need not wait for it. */
export type Clock = {
  /** Milliseconds. */
  now(): number
  /** Rejects when aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export const CLOCK: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleepFor(ms, undefined, { signal }),
}

/** Lets one through every `intervalMs`, in the order they came. Whoever is aborted leaves at once and costs no turn. */
export function createQueue(intervalMs: number, clock: Clock) {
  let last: Promise<void> = Promise.resolve()
  let free = Number.NEGATIVE_INFINITY

  return {
    /** Resolves when it is the caller's turn; rejects with `signal.reason` when aborted before. */
    async turn(signal: AbortSignal): Promise<void> {
      const before = last
      const passed = Promise.withResolvers<void>()
      last = passed.promise
      try {
        await unlessAborted(before, signal)
        // A pause may have been asked for meanwhile.
        for (let wait = free - clock.now(); wait > 0; wait = free - clock.now()) await clock.sleep(wait, signal)
        signal.throwIfAborted()
        free = clock.now() + intervalMs
      } catch (error) {
        signal.throwIfAborted()
        throw error
      } finally {
        before.then(passed.resolve)
      }
    },

    /** Lets nobody through for so long. */
    pause(ms: number) {
      free = Math.max(free, clock.now() + ms)
    },
  }
}

async function unlessAborted(step: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    await Promise.race([step, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
