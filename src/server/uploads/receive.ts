import type { Upload } from '../../shared/messages.ts'
import type { Viewer } from '../accounts/sessions.ts'
import type { Database, Query, Tables } from '../db/database.ts'
import { presentUpload } from '../messages/present.ts'
import { roomOf } from '../rooms/access.ts'
import { mutedProblem } from '../rooms/membership.ts'
import type { Files } from './files.ts'
import { fileName } from './names.ts'
import { requireSpace } from './quota.ts'
import type { Reencode } from './reencode.ts'

/**
 * Takes a picture for a message to come, of somebody who may write in the room: re-encoded, on disk, and named by a row, or
 * nothing of it.
 */
export async function receive(
  { db, files, reencode }: { db: Database; files: Files; reencode: Reencode },
  { user }: Viewer,
  room_id: string,
  file: File,
): Promise<Upload> {
  const { tables } = db
  // Before the work; and again in the write, because decoding takes time.
  await requireVoice(db.read, tables, user.id, room_id)
  const picture = await reencode(await file.bytes())
  const { mime, width, height } = picture
  const bytes = picture.bytes.length
  return files.keeping('chat-images', picture, path =>
    db.write(async tx => {
      await requireVoice(tx, tables, user.id, room_id)
      await requireSpace(tx, tables, { user_id: user.id, room_id, bytes })
      const [row] = await tx
        .insert(tables.uploads)
        .values({
          id: Bun.randomUUIDv7(),
          user_id: user.id,
          room_id,
          path,
          name: fileName(file.name),
          mime,
          bytes,
          width,
          height,
          created_at: Date.now(),
        })
        .returning()
      if (!row) throw new Error('The upload was not stored')
      return presentUpload(row)
    }),
  )
}

async function requireVoice(query: Query, tables: Tables, user_id: string, room_id: string) {
  const { membership } = await roomOf(query, tables, user_id, room_id)
  if (membership.is_muted) throw mutedProblem()
}
