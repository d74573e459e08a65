import { writeSync } from 'node:fs'
import { setPriority } from 'node:os'
import { backUp } from './back-up.ts'
import { inWords } from './failures.ts'
import type { Answer, Job } from './job.ts'

// Where cores are scarce, those who chat go first.
setPriority(10)

/** At once: while SQLite copies, this process does nothing else. */
function answer(words: Answer) {
  writeSync(process.stdout.fd, `${JSON.stringify(words)}\n`)
}

const job: Job = JSON.parse(process.argv[2] ?? '')
// As the server: what it makes is its owner's alone.
process.umask(0o077)
try {
  answer({ done: await backUp(job, answer) })
} catch (error) {
  answer({ failed: inWords(error) })
}
