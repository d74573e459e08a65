import { type Arrival, nextLength, wholeCharacters } from './pace.ts'

/** What the drain needs of a browser; a test brings its own. */
export interface Frames {
  /** Milliseconds of a clock that never goes back. */
  now(): number
  request(draw: () => void): number
  cancel(id: number): void
  /** Whether the page is hidden (and draws no frames) or its reader wants no motion. */
  still(): boolean
  /** Calls back when the page gets hidden; returns how to end that. */
  onHidden(callback: () => void): () => void
}

/**
 * Shows a text that grows in bursts as one that flows: `show` gets a little more of it each frame, faster the further
 * it is behind, and never later than 350 ms after it came.
 */
export class LiveText {
  readonly #show: (text: string) => void
  readonly #frames: Frames
  readonly #forgetHidden: () => void
  #target: string
  #shown: number
  #arrivals: Arrival[] = []
  #frame: number | undefined
  #drawnAt = 0
  /** Drawing a long text may take longer than a frame; then it is drawn less often. */
  #notBefore = 0

  /** `initial` is shown at once: it was there before we came. */
  constructor(show: (text: string) => void, initial = '', frames: Frames = browserFrames) {
    this.#show = show
    this.#frames = frames
    this.#target = initial
    this.#shown = initial.length
    this.#forgetHidden = frames.onHidden(() => this.flush())
    show(initial)
  }

  /** The text as it is now. One that does not go on from the text before is shown at once. */
  follow(text: string) {
    if (text === this.#target) return
    const goesOn = text.startsWith(this.#target)
    this.#target = text
    if (!goesOn || this.#frames.still()) return this.flush()
    this.#arrivals.push({ length: text.length, at: this.#frames.now() })
    if (this.#frame !== undefined) return
    this.#drawnAt = this.#frames.now()
    this.#frame = this.#frames.request(() => this.#draw())
  }

  /** Shows all there is. */
  flush() {
    this.#cancel()
    this.#arrivals = []
    this.#shown = this.#target.length
    this.#show(this.#target)
  }

  /** Shows nothing any more. */
  stop() {
    this.#cancel()
    this.#forgetHidden()
  }

  #draw() {
    this.#frame = undefined
    const now = this.#frames.now()
    if (now >= this.#notBefore) {
      const length = nextLength(this.#shown, this.#arrivals, now, now - this.#drawnAt)
      this.#shown = wholeCharacters(this.#target, length)
      this.#drawnAt = now
      this.#arrivals = this.#arrivals.filter(arrival => arrival.length > this.#shown)
      this.#show(this.#target.slice(0, this.#shown))
      const cost = this.#frames.now() - now
      this.#notBefore = now + 2 * cost
    }
    if (this.#shown < this.#target.length) this.#frame = this.#frames.request(() => this.#draw())
  }

  #cancel() {
    if (this.#frame !== undefined) this.#frames.cancel(this.#frame)
    this.#frame = undefined
  }
}

const browserFrames: Frames = {
  now: () => performance.now(),
  request: draw => requestAnimationFrame(draw),
  cancel: id => cancelAnimationFrame(id),
  still: () => document.hidden || matchMedia('(prefers-reduced-motion: reduce)').matches,
  onHidden(callback) {
    const listener = () => document.hidden && callback()
    document.addEventListener('visibilitychange', listener)
    return () => document.removeEventListener('visibilitychange', listener)
  },
}
