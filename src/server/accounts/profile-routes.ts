import { Elysia } from 'elysia'
import { z } from 'zod'
import { AVATAR_MAX } from '../../shared/limits.ts'
import { ProfileChange, User } from '../../shared/users.ts'
import type { Deps } from '../app.ts'
import { document, documentUpload } from '../http/document.ts'
import { fileOf, readForm } from '../http/form.ts'
import { signedIn } from '../http/session.ts'
import { removeAvatar, setAvatar } from './avatar.ts'
import { presentSelf } from './present.ts'
import { changeProfile } from './profile.ts'

const TAG = 'Accounts'
const Self = z.object({ user: User })

/** How others see me: name, handle and picture. */
export function profileRoutes({ db, log, files, reencode, sessions, secure }: Deps) {
  const { tables } = db

  return new Elysia({ prefix: '/api/auth' })
    .use(signedIn(sessions, secure))
    .patch(
      '/profile',
      async ({ viewer, body }) => ({ user: presentSelf(await changeProfile(log, tables, viewer, body)) }),
      { body: ProfileChange, detail: document(TAG, 'Change my profile', { 200: Self }) },
    )
    .post(
      '/avatar',
      async ({ viewer, request }) => {
        const file = fileOf(await readForm(request), AVATAR_MAX)
        return { user: presentSelf(await setAvatar({ log, tables, files, reencode }, viewer, file)) }
      },
      {
        parse: 'none',
        detail: documentUpload(TAG, 'Change my picture (PNG, JPEG, WebP or GIF, 2 MB)', { 200: Self }),
      },
    )
    .delete(
      '/avatar',
      async ({ viewer }) => ({ user: presentSelf(await removeAvatar({ log, tables, files }, viewer)) }),
      { detail: document(TAG, 'Remove my picture', { 200: Self }) },
    )
}
