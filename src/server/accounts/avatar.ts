import { AVATAR_SIDE_MAX } from '../../shared/limits.ts'
import type { Tables } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import type { Files } from '../uploads/files.ts'
import type { Reencode } from '../uploads/reencode.ts'
import type { UserRow } from './present.ts'
import { selfWithin, updateWithin } from './profile.ts'
import type { Viewer } from './sessions.ts'

type Deps = { log: Log; tables: Tables; files: Files }

const AS_AVATAR = { side: AVATAR_SIDE_MAX, as: 'webp' } as const

/** Puts a picture in place of the one before. The browser has cropped it; whatever its shape, it is made small. */
export async function setAvatar(
  { reencode, ...deps }: Deps & { reencode: Reencode },
  viewer: Viewer,
  file: Blob,
): Promise<UserRow> {
  const picture = await reencode(new Uint8Array(await file.arrayBuffer()), AS_AVATAR)
  return deps.files.keeping('avatars', picture, path => replace(deps, viewer, `/uploads/${path}`))
}

export function removeAvatar(deps: Deps, viewer: Viewer): Promise<UserRow> {
  return replace(deps, viewer, null)
}

async function replace({ log, tables, files }: Deps, { user }: Viewer, avatar_url: string | null): Promise<UserRow> {
  const { before, after } = await log.write(async (tx, emit) => {
    const before = await selfWithin(tx, tables, user.id)
    if (before.avatar_url === avatar_url) return { before, after: before }
    return { before, after: await updateWithin(tx, emit, tables, user.id, { avatar_url }) }
  })
  const old = before.avatar_url
  if (old !== null && old !== after.avatar_url) await files.drop(old.replace(/^\/uploads\//, ''))
  return after
}
