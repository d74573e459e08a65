import { eq, or, sql } from 'drizzle-orm'
import { PERSON_QUOTA, ROOM_QUOTA } from '../../shared/limits.ts'
import type { Query, Tables } from '../db/database.ts'
import { Problem } from '../http/problems.ts'

/** Refuses a picture for which the person or the room has no more space. Call it within the write that adds it. */
export async function requireSpace(
  tx: Query,
  { uploads }: Tables,
  { user_id, room_id, bytes }: { user_id: string; room_id: string; bytes: number },
): Promise<void> {
  const [used] = await tx
    .select({
      person: sql<number>`coalesce(sum(case when ${uploads.user_id} = ${user_id} then ${uploads.bytes} end), 0)`,
      room: sql<number>`coalesce(sum(case when ${uploads.room_id} = ${room_id} then ${uploads.bytes} end), 0)`,
    })
    .from(uploads)
    .where(or(eq(uploads.user_id, user_id), eq(uploads.room_id, room_id)))
  if (!used) return
  if (used.person + bytes > PERSON_QUOTA) throw full('You have used the space that one person has for pictures')
  if (used.room + bytes > ROOM_QUOTA) throw full('This room has used the space that one room has for pictures')
}

function full(words: string): Problem {
  return new Problem(413, 'quota_exceeded', `${words}.`)
}
