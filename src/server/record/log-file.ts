import {
  closeSync,
  fchmodSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { type Head, syncFolder, type Tail, writeHead } from './files.ts'
import { writeLine } from './line.ts'
import type { Change } from './outbox.ts'

/** The file that is written now. What fails leaves it as it was. */
export class LogFile {
  private constructor(
    private path: string,
    private readonly fd: number,
    readonly head: Head,
    private tail: Tail,
  ) {}

  /** With nothing but its head. */
  static create(path: string, head: Head): LogFile {
    const file = new LogFile(path, openSync(path, 'w+', 0o600), head, {
      number: head.number ?? 0,
      hash: head.previous,
      bytes: 0,
    })
    try {
      file.write(writeHead(head))
    } catch (error) {
      file.close()
      throw error
    }
    return file
  }

  /** Goes on after `tail`; what stands behind it is cut off. */
  static resume(path: string, head: Head, tail: Tail): LogFile {
    const file = new LogFile(path, openSync(path, 'r+'), head, tail)
    fchmodSync(file.fd, 0o600)
    ftruncateSync(file.fd, tail.bytes)
    return file
  }

  get bytes() {
    return this.tail.bytes
  }
  /** The last change that stands in it, or in a file before it. */
  get number() {
    return this.tail.number
  }

  /** All of them or none. Those with the id 0 belong to no change. */
  append(changes: Change[]) {
    let { hash, number } = this.tail
    const lines = changes.map(({ id, sql }) => {
      const line = writeLine(hash, id, sql)
      hash = line.hash
      number = id || number
      return line.text
    })
    this.write(lines.join(''))
    this.tail = { hash, number, bytes: this.tail.bytes }
  }

  private write(text: string) {
    const block = Buffer.from(text)
    const { bytes } = this.tail
    let done = 0
    try {
      while (done < block.length) done += writeSync(this.fd, block, done, block.length - done, bytes + done)
    } catch (error) {
      ftruncateSync(this.fd, bytes)
      throw error
    }
    this.tail = { ...this.tail, bytes: bytes + block.length }
  }

  sync() {
    fsyncSync(this.fd)
  }

  /** The thread pool waits for the disk, not the event loop. */
  syncBeside(done: (error: Error | null) => void) {
    fdatasync(this.fd, done)
  }

  moveTo(path: string) {
    renameSync(this.path, path)
    this.path = path
    syncFolder(path)
  }

  /** The file that goes on after this one and takes its place; this one is on disk, and kept at `aside`. */
  follow(aside: string): LogFile {
    this.sync()
    const { path } = this
    const beside = `${path}.new`
    const { hash, number } = this.tail
    let next: LogFile | null = null
    let moved = false
    try {
      next = LogFile.create(beside, { ...this.head, part: this.head.part + 1, previous: hash, number })
      next.sync()
      renameSync(path, aside)
      moved = true
      next.moveTo(path)
      this.path = aside
      return next
    } catch (error) {
      next?.close()
      if (moved) renameSync(aside, path)
      rmSync(beside, { force: true })
      throw error
    }
  }

  close() {
    closeSync(this.fd)
  }
}
