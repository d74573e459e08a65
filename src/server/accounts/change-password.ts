import { and, eq, isNull } from 'drizzle-orm'
import type { PasswordChange } from '../../shared/users.ts'
import type { Tables } from '../db/database.ts'
import { Problem } from '../http/problems.ts'
import type { Passwords } from './passwords.ts'
import type { Sessions, Viewer } from './sessions.ts'

/** Sets a new password and ends every other session in the same write: whoever knew the old one is out. */
export async function changePassword(
  { sessions, passwords, tables }: { sessions: Sessions; passwords: Passwords; tables: Tables },
  viewer: Viewer,
  { current_password = '', new_password }: PasswordChange,
): Promise<void> {
  const { users } = tables
  const { id, password_hash: known } = viewer.user
  if (known !== null && !(await passwords.verify(current_password, known))) throw wrongPassword()
  const password_hash = await passwords.hash(new_password)
  await sessions.revokeOthers(viewer, async tx => {
    // Of two changes at once, the second has verified a password that is no longer the current one.
    const changed = await tx
      .update(users)
      .set({ password_hash })
      .where(and(eq(users.id, id), known === null ? isNull(users.password_hash) : eq(users.password_hash, known)))
      .returning({ id: users.id })
    if (changed.length === 0) throw wrongPassword()
  })
}

function wrongPassword(): Problem {
  return new Problem(403, 'wrong_password', 'The current password is wrong.')
}
