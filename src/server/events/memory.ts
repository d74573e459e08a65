import type { Bus, Signal } from './bus.ts'

/** The bus of a single process: whoever publishes has told everybody by the time `publish` returns. */
export function createMemoryBus(): Bus {
  const listeners = new Set<(signal: Signal) => void>()
  return {
    publish(signal) {
      for (const listener of listeners) listener(signal)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    async ping() {},
    async close() {
      listeners.clear()
    },
  }
}
