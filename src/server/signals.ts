const STOP_WITHIN_MS = 5_000

/** Ends the process with 0 when `stop` has come to its end, or with 1 after five seconds or a second signal. */
export function stopOnSignals(stop: () => Promise<void>, within_ms = STOP_WITHIN_MS) {
  let stopping = false
  const onSignal = () => {
    if (stopping) process.exit(1)
    stopping = true
    setTimeout(() => process.exit(1), within_ms).unref()
    void stop().then(() => process.exit(0))
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
