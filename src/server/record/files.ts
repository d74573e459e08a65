import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { readLine } from './line.ts'

/** The log of a data folder: what is written now; whatever was full or of an earlier generation lies beside it, compressed. */
export const logPath = (folder: string) => join(folder, 'backup.sql')

/** `backup.sql.<generation>.<part>.gz`; uncompressed until the compressing is done. */
export const partPath = (folder: string, { generation, part }: Head) =>
  `${logPath(folder)}.${generation}.${String(part).padStart(6, '0')}`

/** `number`: the last change before it; null in a file that an earlier version began. */
export type Head = { generation: string; part: number; previous: string; number: number | null }
/** A whole line of a file: the last change up to there, its hash, and how long the file is with it. */
export type Tail = { number: number; hash: string; bytes: number }

const HEAD = /^-- GroupChat SQL log ([0-9A-Za-z-]+) part (\d+) after ([0-9a-f]{64})(?: and change (\d+))?$/
export const NOTHING_BEFORE = '0'.repeat(64)

export function writeHead({ generation, part, previous, number }: Head): string {
  return `-- GroupChat SQL log ${generation} part ${part} after ${previous} and change ${number ?? 0}\n`
}

export function readHead(line: string): Head | null {
  const found = HEAD.exec(line)
  if (!found) return null
  const [, generation = '', part, previous = '', number] = found
  return { generation, part: Number(part), previous, number: number === undefined ? null : Number(number) }
}

/**
 * The first line says which log this is, the last whole one (of those before the change `below`) how far it goes. Null where
 * there is no log.
 */
export function inspect(path: string, below = Number.POSITIVE_INFINITY): { head: Head; tail: Tail } | null {
  if (!existsSync(path)) return null
  const file = openSync(path, 'r')
  try {
    const size = statSync(path).size
    const start = readAt(file, 0, Math.min(size, 512))
    const end = start.indexOf(0x0a)
    const head = end < 0 ? null : readHead(start.subarray(0, end).toString())
    if (!head) return null
    const found = lastLine(file, { from: end + 1, size, below })
    if (!found) return { head, tail: { number: head.number ?? 0, hash: head.previous, bytes: end + 1 } }
    return { head, tail: { ...found, number: found.number || (head.number ?? 0) } }
  } finally {
    closeSync(file)
  }
}

const STEP = 64 * 1024

function lastLine(file: number, { from, size, below }: { from: number; size: number; below: number }): Tail | null {
  for (let span = STEP; ; span *= 4) {
    const begin = Math.max(from, size - span)
    const found = lastWithin(readAt(file, begin, size - begin), begin === from, below)
    if (found) return { ...found, bytes: begin + found.bytes }
    if (begin === from) return null
  }
}

/** `whole`: the block begins with a line, not in the middle of one. */
function lastWithin(block: Buffer, whole: boolean, below: number): Tail | null {
  let end = block.lastIndexOf(0x0a)
  while (end >= 0) {
    const before = end === 0 ? -1 : block.lastIndexOf(0x0a, end - 1)
    if (before < 0 && !whole) return null
    const line = readLine(block.subarray(before + 1, end).toString())
    if (line && line.id < below) return { number: line.id, hash: line.hash, bytes: end + 1 }
    end = before
  }
  return null
}

function readAt(file: number, at: number, length: number): Buffer {
  const block = Buffer.alloc(length)
  let read = 0
  while (read < length) {
    const more = readSync(file, block, read, length - read, at + read)
    if (more === 0) break
    read += more
  }
  return block.subarray(0, read)
}

export type Part = { path: string; generation: string; part: number }

/** The parts of every generation but what is written now, in order. */
export function finishedParts(folder: string): Part[] {
  const parts = allParts(folder)
  const paths = new Set(parts.map(({ path }) => path))
  return parts.filter(({ path }) => !paths.has(`${path}.gz`))
}

/** Also those that are there compressed and not: a crash came before the latter went. */
export function allParts(folder: string): Part[] {
  const name = basename(logPath(folder))
  return readdirSync(folder)
    .flatMap(file => {
      const found = file.startsWith(`${name}.`) ? /\.([0-9A-Za-z-]+)\.(\d{6})(\.gz)?$/.exec(file) : null
      return found ? [{ path: join(folder, file), generation: found[1] ?? '', part: Number(found[2]) }] : []
    })
    .sort((one, other) =>
      one.generation < other.generation ? -1 : one.generation > other.generation ? 1 : one.part - other.part,
    )
}

/** A name in a folder is on disk when the folder is. */
export function syncFolder(path: string) {
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
