import { and, eq, isNull } from 'drizzle-orm'
import type { SignUp } from '../../shared/invites.ts'
import type { Room } from '../../shared/rooms.ts'
import type { Database } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { invalid, Problem } from '../http/problems.ts'
import { createAccount, type Door, mayEnter } from './newcomer.ts'
import type { Passwords } from './passwords.ts'
import type { UserRow } from './present.ts'

/** Creates an account with a password. Whom the door is closed to costs no hash. */
export async function register(
  db: Database,
  log: Log,
  passwords: Passwords,
  door: Door,
  { email, password, display_name, invite }: SignUp,
): Promise<{ user: UserRow; room?: Room }> {
  const { users } = db.tables
  await mayEnter(db.read, door, invite)
  const password_hash = await passwords.hash(password)
  return log.write(async (tx, emit) => {
    const taken = await tx.select({ id: users.id }).from(users).where(eq(users.email, email))
    if (taken.length > 0) throw emailTaken()
    return createAccount(tx, emit, door, { display_name, email, password_hash }, invite)
  })
}

function emailTaken(): Problem {
  const { extra } = invalid('email', 'There is already an account with this email address')
  return new Problem(409, 'email_taken', 'There is already an account with this email address.', extra)
}

/** The person behind the credentials, or null: for an unknown account and for a wrong password alike, after the same work. */
export async function authenticate(
  db: Database,
  passwords: Passwords,
  { email, password }: { email: string; password: string },
): Promise<UserRow | null> {
  const { users } = db.tables
  const [user] = await db.read
    .select()
    .from(users)
    .where(and(eq(users.email, email), isNull(users.disabled_at), eq(users.kind, 'human')))
  const matches = await passwords.verify(password, user?.password_hash ?? null)
  return user && matches ? user : null
}
