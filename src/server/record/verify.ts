import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { finishedParts, type Head, logPath, NOTHING_BEFORE, readHead } from './files.ts'
import { chained, readLine } from './line.ts'
import { linesOf } from './read.ts'

export type Verdict = {
  files: number
  generations: number
  lines: number
  /** The last line was torn: a crash came while it was written. The next start mends it; nothing is lost by it. */
  torn: boolean
  /** What is wrong where, in words; empty when every line follows from the one before. */
  problems: string[]
}

/** Walks along the whole log: every line has to carry the hash of itself and of the line before. */
export async function verifyLog(folder: string): Promise<Verdict> {
  const verdict: Verdict = { files: 0, generations: 0, lines: 0, torn: false, problems: [] }
  let before: Head | null = null
  let hash = NOTHING_BEFORE
  let last = 0
  for (const path of logFiles(folder)) {
    verdict.files++
    let number = 0
    const wrong = (words: string) => verdict.problems.push(`${basename(path)}, line ${number}: ${words}`)
    for await (const { text, whole } of linesOf(path)) {
      number++
      if (!whole) {
        if (path === logPath(folder)) verdict.torn = true
        else wrong('the file ends in the middle of a line')
        continue
      }
      if (number === 1) {
        const head = readHead(text)
        if (!head) wrong('this is not the beginning of a log')
        else {
          if (head.generation !== before?.generation) {
            verdict.generations++
            hash = NOTHING_BEFORE
            last = 0
            if (head.part !== 0) wrong(`parts before part ${head.part} are missing`)
          } else if (head.part !== before.part + 1) wrong(`part ${before.part + 1} is missing`)
          if (head.previous !== hash) wrong('it does not go on where the part before ends')
          hash = head.previous
          before = head
        }
        continue
      }
      verdict.lines++
      const line = readLine(text)
      if (!line) {
        wrong('this is not a line of the log')
        continue
      }
      if (chained(hash, line.id, line.sql) !== line.hash) wrong('this line, or one that stood before it, was changed')
      if (line.id !== 0 && last !== 0 && line.id !== last + 1) wrong(`the changes after number ${last} are missing`)
      if (line.id !== 0) last = line.id
      hash = line.hash
    }
    if (verdict.problems.length > 100) break
  }
  return verdict
}

/** All files of the log, in the order in which they were written. */
export function logFiles(folder: string): string[] {
  const current = logPath(folder)
  return [...finishedParts(folder).map(({ path }) => path), ...(existsSync(current) ? [current] : [])]
}
