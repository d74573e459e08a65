import { setPriority } from 'node:os'
import type { BackupStep } from '../../shared/backups.ts'
import { type CopyJob, makeBackup } from './copy.ts'
import { inWords } from './failures.ts'

/** What the worker answers. */
export type Answer = { step: BackupStep } | { done: true } | { failed: string }

declare const self: Worker

// On Linux the priority is one of the thread: where cores are scarce, the loop that serves people goes first.
if (process.platform === 'linux') setPriority(10)

self.onmessage = ({ data: job }: MessageEvent<CopyJob>) => {
  const answer = (words: Answer) => self.postMessage(words)
  try {
    makeBackup(job, step => answer({ step }))
    answer({ done: true })
  } catch (error) {
    answer({ failed: inWords(error) })
  }
}
