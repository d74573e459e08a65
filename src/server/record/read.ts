import { closeSync, openSync, readSync } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { finishedParts, logPath } from './files.ts'

/** How often a server may put a file away just while the files are listed. */
const TRIES = 20
const BLOCK = 256 * 1024

/** `whole` is false for a last line that was torn. */
export type TextLine = { text: string; whole: boolean }
/** `current`: what is written now, or was when a crash came; its last line may be torn. */
export type LogPart = { name: string; current: boolean; lines(): AsyncGenerator<TextLine> }

/**
 * All files of the log in the order in which they were written, as of one moment, also beside a server that goes on writing:
 * what it writes now is held open, and a part that it compresses meanwhile is read from where it is then.
 */
export function openLog(folder: string): { parts: LogPart[]; close(): void } {
  const path = logPath(folder)
  for (let tries = 1; ; tries++) {
    const before = finishedParts(folder)
    const file = openWhereThere(path)
    if (namesOf(before) === namesOf(finishedParts(folder))) {
      const parts = before.map(part => finished(part.path))
      if (file !== null) parts.push({ name: basename(path), current: true, lines: () => linesOf(file, false) })
      return { parts, close: () => file !== null && closeSync(file) }
    }
    if (file !== null) closeSync(file)
    if (tries === TRIES) throw new Error(`The files of the SQL log in ${folder} change too fast to be read.`)
  }
}

function namesOf(parts: { generation: string; part: number }[]): string {
  return parts.map(({ generation, part }) => `${generation}.${part}`).join(' ')
}

function finished(path: string): LogPart {
  return {
    name: basename(path),
    current: false,
    async *lines() {
      const there = openWhereThere(path)
      const compressed = there === null || path.endsWith('.gz')
      const file = there ?? openSync(`${path}.gz`, 'r')
      try {
        yield* linesOf(file, compressed)
      } finally {
        closeSync(file)
      }
    },
  }
}

function openWhereThere(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

async function* linesOf(file: number, compressed: boolean): AsyncGenerator<TextLine> {
  const bytes = blocksOf(file)
  const decoder = new TextDecoder()
  let rest = ''
  for await (const block of compressed ? unzipped(bytes) : bytes) {
    const lines = (rest + decoder.decode(block, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const text of lines) yield { text, whole: true }
  }
  rest += decoder.decode()
  if (rest) yield { text: rest, whole: false }
}

/** Not a stream of node's: Bun's closes the file that it was lent. */
function* blocksOf(file: number): Generator<Buffer> {
  for (let at = 0; ; ) {
    const block = Buffer.allocUnsafe(BLOCK)
    const length = readSync(file, block, 0, BLOCK, at)
    if (length === 0) return
    at += length
    yield block.subarray(0, length)
  }
}

async function* unzipped(blocks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(blocks)
  const stream = source.pipe(createGunzip())
  source.on('error', error => stream.destroy(error))
  try {
    yield* stream
  } finally {
    source.destroy()
  }
}
