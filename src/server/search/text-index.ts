import type { Query } from '../db/database.ts'

/** How far a write has got: the number of the last message that it took, and how many they were. */
export type Taken = { upTo: number; count: number }

/**
 * The other half of the seam: what the finder looks into is filled behind the posts. What was posted or edited waits in a
 * queue on disk, numbered in its order, until it is taken, and so does what was deleted, to be taken out.
 */
export interface TextIndex {
  /** The number of what came to wait last, null when nothing does. */
  newest(query: Query): Promise<number | null>
  /** Takes what has waited longest into the index, not more than a few milliseconds' worth. Null when nothing waits. */
  take(tx: Query): Promise<Taken | null>
}
