import type { Frame } from './frames.ts'

/** What a client may owe us beyond what its socket holds before it is cut off … */
const OWED_MAX = 256 * 1024
/** … and how long it may take to drain. */
const STALLED_MS = 10_000

/** The controller of a `type: 'direct'` stream, as Bun 1.4 has it. */
export type DirectController = {
  /** Bytes taken, 0 once the client has gone, or a promise while the socket is full. */
  write(bytes: Uint8Array): number | Promise<number>
  flush(): unknown
  /** With an error: drops the socket at once instead of waiting for a client that does not read. */
  close(error?: Error): void
}

export type Subscription = {
  user_id: string
  session_id: string
  /** Epoch milliseconds: the session ends then, and the stream with it. */
  expires_at: number
  /** The one room of a room stream; null for a stream of all the person's rooms. */
  only: string | null
  /** Rooms whose passing events are wanted. */
  watched: ReadonlySet<string>
}

/** One open stream. It knows how far its client has got and whether the client keeps up; what to send is the hub's affair. */
export class Connection {
  /** The last lasting event that was written. */
  cursor: number
  /** True while the client is being caught up from the log: the hub leaves it alone then … */
  behind = true
  /** … but says here that there is more by now. */
  missed = false
  /** True while the log is being read for it: one reading at a time, or two of them would get in each other's way. */
  catchingUp = false
  lastWrite = Date.now()
  closed = false
  private readonly openedAt = Date.now()
  /** Spread, so that streams that began together do not end together. */
  private readonly age = 0.8 + Math.random() * 0.4
  private stalledSince: number | null = null
  /** Writes that the socket has not taken yet, and their bytes. */
  private undrained = 0
  private owed = 0

  constructor(
    readonly to: Subscription,
    private readonly controller: DirectController,
    cursor: number,
    private readonly events: { drained(connection: Connection): void; closed(connection: Connection): void },
  ) {
    this.cursor = cursor
  }

  send(frame: Frame): boolean {
    return this.write(frame.bytes)
  }

  /** False once the client no longer keeps up: stop, and wait for `drained`. */
  write(bytes: Uint8Array): boolean {
    if (this.closed) return false
    this.lastWrite = Date.now()
    const taken = this.tryWrite(bytes)
    if (!(taken instanceof Promise)) return true
    // Bun has kept these bytes and would keep all that follow; beyond this the client waits for the log.
    this.behind = true
    this.missed = true
    this.stalledSince ??= Date.now()
    this.undrained++
    this.owed += bytes.length
    taken.then(
      () => this.drained(),
      () => this.end(),
    )
    if (this.owed > OWED_MAX) this.cut('too far behind')
    return false
  }

  /** One stream that breaks must not take the others' frames with it. */
  private tryWrite(bytes: Uint8Array) {
    try {
      return this.controller.write(bytes)
    } catch {
      this.end()
      return 0
    }
  }

  flush() {
    if (!this.closed) this.controller.flush()
  }

  get stalled(): boolean {
    return this.stalledSince !== null
  }

  /** Drops a client that has not read for too long. */
  checkStall(now: number) {
    if (this.stalledSince !== null && now - this.stalledSince > STALLED_MS) this.cut('not reading')
  }

  outlived(lifetimeMs: number, now: number): boolean {
    return now - this.openedAt > lifetimeMs * this.age
  }

  /** Ends the stream after what was written. */
  close() {
    if (this.closed) return
    this.end()
    this.controller.close()
  }

  /** The client has gone: only forget it. */
  end() {
    if (this.closed) return
    this.closed = true
    this.events.closed(this)
  }

  private drained() {
    if (--this.undrained > 0) return
    this.stalledSince = null
    this.owed = 0
    if (!this.closed) this.events.drained(this)
  }

  /** Drops the socket at once, whatever is still owed. */
  cut(reason: string) {
    if (this.closed) return
    this.end()
    this.controller.close(new Error(`stream cut: ${reason}`))
  }
}
