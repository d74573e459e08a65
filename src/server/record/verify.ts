import { type Head, NOTHING_BEFORE, readHead } from './files.ts'
import { chained, readLine } from './line.ts'
import { type LogPart, openLog } from './read.ts'

const PROBLEMS_MAX = 100

export type Verdict = {
  files: number
  generations: number
  lines: number
  /** The last line was torn: a crash came while it was written. The next start mends it; nothing is lost by it. */
  torn: boolean
  /** How far it goes; null where there is no log. */
  end: { generation: string; number: number } | null
  /** What is wrong where, in words; empty when every line follows from the one before. */
  problems: string[]
}

/** Walks along the whole log: every line has to carry the hash of itself and of the line before. */
export async function verifyLog(folder: string): Promise<Verdict> {
  const verdict: Verdict = { files: 0, generations: 0, lines: 0, torn: false, end: null, problems: [] }
  const walk = walkAlong(verdict)
  const log = openLog(folder)
  try {
    for (const part of log.parts) {
      await walk(part)
      if (verdict.problems.length > PROBLEMS_MAX) break
    }
  } finally {
    log.close()
  }
  return verdict
}

function walkAlong(verdict: Verdict) {
  let before: Head | null = null
  let hash = NOTHING_BEFORE
  /** The change before; null where an earlier version did not say which one that was. */
  let last: number | null = null

  return async function walk(part: LogPart) {
    verdict.files++
    let number = 0
    const wrong = (words: string) => verdict.problems.push(`${part.name}, line ${number}: ${words}`)

    function begins(text: string) {
      const head = readHead(text)
      if (!head) return wrong('this is not the beginning of a log')
      if (head.generation !== before?.generation) {
        verdict.generations++
        hash = NOTHING_BEFORE
        last = head.number
        if (head.part !== 0) wrong(`parts before part ${head.part} are missing`)
      } else if (head.part !== before.part + 1) wrong(`part ${before.part + 1} is missing`)
      if (head.previous !== hash) wrong('it does not go on where the part before ends')
      hash = head.previous
      before = head
      verdict.end = { generation: head.generation, number: last ?? 0 }
    }

    function goesOn(text: string) {
      verdict.lines++
      const line = readLine(text)
      if (!line) return wrong('this is not a line of the log')
      if (chained(hash, line.id, line.sql) !== line.hash) wrong('this line, or one that stood before it, was changed')
      hash = line.hash
      if (line.id === 0) return
      if (last !== null && line.id !== last + 1) wrong(`the changes after number ${last} are missing`)
      last = line.id
      if (verdict.end) verdict.end.number = line.id
    }

    try {
      for await (const { text, whole } of part.lines()) {
        number++
        if (whole) number === 1 ? begins(text) : goesOn(text)
        else if (part.current) verdict.torn = true
        else wrong('the file ends in the middle of a line')
      }
    } catch (error) {
      wrong(`what follows cannot be read: ${error instanceof Error ? error.message : error}`)
    }
  }
}
