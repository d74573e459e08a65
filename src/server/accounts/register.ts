import { and, eq, isNull } from 'drizzle-orm'
import type { Registration } from '../../shared/users.ts'
import type { Database } from '../db/database.ts'
import { invalid, Problem } from '../http/problems.ts'
import { freeHandle } from './handles.ts'
import type { Passwords } from './passwords.ts'
import type { UserRow } from './present.ts'

/** Creates an account. The first one on a server becomes its admin, whether sign-up is open or not. */
export async function register(
  db: Database,
  passwords: Passwords,
  { email, password, display_name }: Registration,
  { open }: { open: boolean },
): Promise<UserRow> {
  const { users } = db.tables
  const password_hash = await passwords.hash(password)
  return db.write(async tx => {
    const [human] = await tx.select({ id: users.id }).from(users).where(eq(users.kind, 'human')).limit(1)
    if (human && !open) throw new Problem(403, 'registration_closed', 'Signing up needs an invitation to this server.')
    const taken = await tx.select({ id: users.id }).from(users).where(eq(users.email, email))
    if (taken.length > 0) throw emailTaken()
    const [user] = await tx
      .insert(users)
      .values({
        id: Bun.randomUUIDv7(),
        kind: 'human',
        display_name,
        handle: await freeHandle(tx, db.tables, display_name),
        role: human ? 'member' : 'admin',
        email,
        password_hash,
        created_at: Date.now(),
      })
      .returning()
    if (!user) throw new Error('The account was not stored')
    return user
  })
}

function emailTaken(): Problem {
  const { extra } = invalid('email', 'There is already an account with this e-mail address')
  return new Problem(409, 'email_taken', 'There is already an account with this e-mail address.', extra)
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
