import { diskTrouble } from '../db/disk.ts'

const AGAIN_MS = 1_000
/** Who has asked for an end does not wait much longer. */
const LAST_TRIES = 3

/**
 * The end of an answer is kept however long the disk takes nothing: until then it is there for all who watch, and lost with
 * the process. Any other failure is the caller's, and so is this one once the answer is to end.
 */
export async function insist(keep: () => Promise<void>, stopping: AbortSignal, again_ms = AGAIN_MS): Promise<void> {
  for (let last = LAST_TRIES; ; ) {
    try {
      return await keep()
    } catch (error) {
      if (stopping.aborted) last--
      if (!diskTrouble(error) || last === 0) throw error
      await Bun.sleep(again_ms)
    }
  }
}
