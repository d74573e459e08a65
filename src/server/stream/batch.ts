import type { Frame } from './frames.ts'

/**
 * The frames that one connection gets at the end of a turn. Most connections of a room get the very same ones, so a batch
 * remembers what it grew into: whoever takes the same next frame shares the same next batch, and its bytes are joined once.
 */
export class Batch {
  private joined: Uint8Array | null = null
  private next: Batch | null = null

  private constructor(
    private readonly before: Batch | null,
    private readonly frame: Frame | null,
    readonly size: number,
  ) {}

  /** A fresh root for every turn, so that nothing of the last one is kept alive. */
  static empty(): Batch {
    return new Batch(null, null, 0)
  }

  with(frame: Frame): Batch {
    if (this.next?.frame === frame) return this.next
    this.next = new Batch(this, frame, this.size + frame.bytes.length)
    return this.next
  }

  bytes(): Uint8Array {
    if (this.joined) return this.joined
    if (this.before?.size === 0 && this.frame) return this.frame.bytes
    const joined = new Uint8Array(this.size)
    let end = this.size
    for (let at: Batch | null = this; at?.frame; at = at.before) {
      end -= at.frame.bytes.length
      joined.set(at.frame.bytes, end)
    }
    this.joined = joined
    return joined
  }
}
