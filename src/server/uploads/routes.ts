import { join } from 'node:path'
import { and, eq, isNull } from 'drizzle-orm'
import { Elysia } from 'elysia'
import type { Deps } from '../app.ts'
import { notFound } from '../http/problems.ts'
import { signedIn } from '../http/session.ts'

/** A picture never changes, but whoever leaves the room shall not see it for ever. */
const CACHE = 'private, max-age=3600'

/** The bytes of pictures, for members of the room they were posted in. */
export function uploadRoutes({ db, env, sessions, secure }: Deps) {
  const { uploads, rooms, room_members } = db.tables
  const folder = join(env.DATA_DIR, 'uploads')

  return new Elysia().use(signedIn(sessions, secure)).get(
    '/uploads/*',
    async ({ viewer, params }) => {
      // The path is looked up, not opened: what no row names is not there, however it is spelt.
      const [found] = await db.read
        .select({ path: uploads.path, mime: uploads.mime })
        .from(uploads)
        .innerJoin(rooms, and(eq(rooms.id, uploads.room_id), isNull(rooms.deleted_at)))
        .innerJoin(
          room_members,
          and(eq(room_members.room_id, uploads.room_id), eq(room_members.user_id, viewer.user.id)),
        )
        .where(eq(uploads.path, params['*']))
      const file = found && Bun.file(join(folder, found.path))
      if (!file || !(await file.exists())) throw notFound('upload')
      return new Response(file, {
        headers: {
          'content-type': found.mime,
          'cache-control': CACHE,
          'content-security-policy': "sandbox; default-src 'none'",
          'content-disposition': 'inline',
        },
      })
    },
    { detail: { hide: true } },
  )
}
