import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { createTokens } from '../../src/server/accounts/tokens.ts'
import type { User } from '../../src/shared/users.ts'
import { keyHolder } from '../support/key-holder.ts'
import type { Person } from '../support/person.ts'
import { png, sends, sendsForm } from '../support/pictures.ts'
import type { TestServer } from '../support/server.ts'
import { INSIDERS, type Insider, OUTSIDERS, type Who } from './policies.ts'

export const JWT_SECRET = 'a secret that this server signs its tokens with'
const HOUR_MS = 60 * 60 * 1000

export type Cast = Awaited<ReturnType<typeof assemble>>

/**
 * Everybody who calls. Those without a valid token would be admins if the token held, so that what lets them in shows.
 * Whoever is disabled has a session that holds in all else: only their being disabled keeps them out.
 */
export async function assemble(server: TestServer) {
  const admin = await server.person('Admin')
  const [stranger, former, muted, member, owner, ghost, disabled] = await Promise.all([
    server.person('Stranger'),
    server.person('Former'),
    server.person('Muted'),
    server.person('Member'),
    server.person('Owner'),
    server.person('Ghost'),
    server.person('Disabled'),
  ])
  const people: Record<Insider, Person> = { stranger, former, muted, member, owner, admin }
  for (const { user } of [ghost, disabled]) await admin.must('PATCH', `/api/admin/people/${user.id}`, { role: 'admin' })
  await admin.must('PATCH', `/api/admin/people/${disabled.user.id}`, { disabled: true })

  const db = new Database(join(server.dataDir, 'chat.db'))
  db.run('PRAGMA busy_timeout = 5000')
  db.query('UPDATE sessions SET revoked_at = NULL WHERE user_id = ?').run(disabled.user.id)

  const [ours, foreign] = [createTokens(JWT_SECRET), createTokens('a secret that somebody else has made up')]

  /** One more place where a person is signed in. */
  async function signIn({ user }: { user: User }, { row = HOUR_MS, token = HOUR_MS, tokens = ours } = {}) {
    const [id, now] = [Bun.randomUUIDv7(), Date.now()]
    db.query(
      'INSERT INTO sessions (id, user_id, created_at, last_seen_at, expires_at) VALUES ($id, $user, $now, $now, $end)',
    ).run({ $id: id, $user: user.id, $now: now, $end: now + row })
    return { id, token: await tokens.issue({ user_id: user.id, session_id: id }, now + token) }
  }

  const revoked = await signIn(ghost)
  await fetch(`${server.url}/api/auth/logout`, {
    method: 'POST',
    headers: { authorization: `Bearer ${revoked.token}` },
  })
  const tokens: Record<Who, string | null> = {
    nobody: null,
    forged: (await signIn(ghost, { tokens: foreign })).token,
    expired: (await signIn(ghost, { token: -HOUR_MS })).token,
    lapsed: (await signIn(ghost, { row: -HOUR_MS })).token,
    revoked: revoked.token,
    disabled: disabled.token,
    stranger: stranger.token,
    former: former.token,
    muted: muted.token,
    member: member.token,
    owner: owner.token,
    admin: admin.token,
  }

  const room = await ghost.creates({ visibility: 'private' })
  const message = await ghost.says(room, 'elsewhere')
  const upload = (await sends(ghost, room, await png())).body.upload
  const portrait = new FormData()
  portrait.set('file', new File([new Uint8Array(await png())], 'me.png', { type: 'image/png' }))
  const { body: self } = await sendsForm<{ user: User }>(ghost, '/api/auth/avatar', portrait)
  const takenKey = keyHolder(server.url)
  await takenKey.signsIn()

  return {
    url: server.url,
    people,
    tokens,
    /** Somebody whom no call is made for, who is an admin and has a room with nobody else in it. */
    ghost,
    elsewhere: { room, message, upload, avatar: self.user.avatar_url ?? '' },
    takenKey,
    /** Who somebody is, or would be if their token held. */
    personBehind(who: Who): Person {
      const insider = INSIDERS.find(each => each === who)
      if (insider) return people[insider]
      return who === 'disabled' ? disabled : ghost
    },
    signIn,
    isInside: (who: Who) => !OUTSIDERS.some(each => each === who),
    db,
  }
}
