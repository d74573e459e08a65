export type Observable = {
  /** Calls back after each change; returns how to stop. */
  subscribe: (listener: () => void) => () => void
}

/** The one way in which stores tell components that something changed; what changed they read themselves. */
export function createObservable() {
  const listeners = new Set<() => void>()
  return {
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    changed() {
      for (const listener of [...listeners]) listener()
    },
  }
}
