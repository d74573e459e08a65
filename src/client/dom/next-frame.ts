/** No frames are drawn while nobody looks; then it need not wait for one. */
const HIDDEN_MS = 60

/** Resolves when the page has drawn what there is so far, and its next frame begins. */
export function nextFrame(window: Window): Promise<void> {
  return new Promise(resolve => {
    const timer = window.setTimeout(() => {
      window.cancelAnimationFrame(frame)
      resolve()
    }, HIDDEN_MS)
    const frame = window.requestAnimationFrame(() => {
      window.clearTimeout(timer)
      resolve()
    })
  })
}
