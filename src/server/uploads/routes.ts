import { and, eq, gt, isNull, or } from 'drizzle-orm'
import { Elysia } from 'elysia'
import { z } from 'zod'
import { UPLOAD_MAX } from '../../shared/limits.ts'
import { Upload } from '../../shared/messages.ts'
import { Id } from '../../shared/text.ts'
import type { Deps } from '../app.ts'
import { documentUpload } from '../http/document.ts'
import { fileOf, readForm } from '../http/form.ts'
import { invalid, notFound } from '../http/problems.ts'
import { signedIn } from '../http/session.ts'
import { disposition } from './names.ts'
import { receive } from './receive.ts'

/** A picture never changes, but it is asked for each time: whoever leaves the room sees it no more, nor does anybody once it is deleted. */
const CACHE = 'private, no-cache'
/** Everybody may see portraits, and another one has another address. */
const AVATAR_CACHE = 'private, max-age=31536000, immutable'

/** Sending pictures, and their bytes: for members of the room they were posted in, portraits for everybody signed in. */
export function uploadRoutes({ db, files, reencode, sessions, secure }: Deps) {
  const { uploads, messages, rooms, room_members } = db.tables
  const hidden = { detail: { hide: true } }

  return new Elysia()
    .use(signedIn(sessions, secure))
    .post(
      '/api/upload',
      async ({ viewer, request, set }) => {
        const form = await readForm(request)
        const room_id = Id.safeParse(form.get('room_id'))
        if (!room_id.success) throw invalid('room_id', 'Name the room as the field `room_id`.')
        const upload = await receive({ db, files, reencode }, viewer, room_id.data, fileOf(form, UPLOAD_MAX))
        set.status = 201
        return { upload }
      },
      {
        parse: 'none',
        detail: documentUpload(
          'Messages',
          'Send a picture (PNG, JPEG, WebP or GIF, 5 MB) to post with a message of this room',
          { 201: z.object({ upload: Upload }) },
          ['room_id'],
        ),
      },
    )
    .get(
      '/uploads/avatars/:name',
      async ({ params }) => {
        const file = await files.find(`avatars/${params.name}`)
        if (!file) throw notFound('upload')
        return picture(file, { mime: file.type, name: params.name, cache: AVATAR_CACHE })
      },
      hidden,
    )
    .get(
      '/uploads/*',
      async ({ viewer, params, request }) => {
        // The path is looked up, not opened: what no row names is not there, however it is spelt.
        const [found] = await db.read
          .select({ path: uploads.path, mime: uploads.mime, name: uploads.name })
          .from(uploads)
          .innerJoin(rooms, and(eq(rooms.id, uploads.room_id), isNull(rooms.deleted_at)))
          .innerJoin(
            room_members,
            and(eq(room_members.room_id, uploads.room_id), eq(room_members.user_id, viewer.user.id)),
          )
          .leftJoin(messages, eq(messages.id, uploads.message_id))
          // Cleared away with their messages; those that belong to none yet have nothing to be cleared with.
          .where(
            and(eq(uploads.path, params['*']), or(isNull(uploads.message_id), gt(messages.seq, rooms.cleared_seq))),
          )
        const file = found && (await files.find(found.path))
        if (!found || !file) throw notFound('upload')
        const tag = tagOf(found.path)
        if (names(request.headers.get('if-none-match'), tag))
          return new Response(null, { status: 304, headers: { 'cache-control': CACHE, etag: tag } })
        return picture(file, { ...found, cache: CACHE, tag })
      },
      hidden,
    )
}

/** Its random name is that of its bytes for ever. */
function tagOf(path: string): string {
  return `"${path.slice(path.lastIndexOf('/') + 1)}"`
}

/** Whether one of the tags that a browser has kept is this one; proxies that compress make weak ones of them. */
function names(kept: string | null, tag: string): boolean {
  return kept?.split(',').some(each => each.trim().replace(/^W\//, '') === tag) ?? false
}

type Served = { mime: string; name: string; cache: string; tag?: string }

function picture(file: Blob, { mime, name, cache, tag }: Served) {
  return new Response(file, {
    headers: {
      'content-type': mime,
      'cache-control': cache,
      ...(tag && { etag: tag }),
      // The browser's own page around a picture has a style of its own.
      'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
      'content-disposition': disposition(name, mime),
    },
  })
}
