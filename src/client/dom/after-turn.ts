/**
 * Runs something when the page has dealt with all that a change brought about, once for all the changes until then:
 * for what would blink otherwise, or is worth no delay of the frame. Returns how to tell of a change.
 */
export function afterTurn(window: Window, run: () => void): { due: () => void; stop: () => void } {
  let timer: number | undefined
  return {
    due() {
      timer ??= window.setTimeout(() => {
        timer = undefined
        run()
      })
    },
    stop() {
      window.clearTimeout(timer)
    },
  }
}
