const AT_LATEST_MS = 1_000

/** Runs something once the page has nothing better to do; returns how to call it off. */
export function whenIdle(window: Window, run: () => void): () => void {
  if (!window.requestIdleCallback) {
    const timer = window.setTimeout(run, AT_LATEST_MS / 2)
    return () => window.clearTimeout(timer)
  }
  const handle = window.requestIdleCallback(run, { timeout: AT_LATEST_MS })
  return () => window.cancelIdleCallback(handle)
}
