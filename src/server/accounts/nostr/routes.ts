import { Elysia } from 'elysia'
import { z } from 'zod'
import { Welcome } from '../../../shared/invites.ts'
import { HTTP_AUTH, NostrChallenge, NostrLink, NostrProof } from '../../../shared/nostr.ts'
import { User } from '../../../shared/users.ts'
import type { Deps } from '../../app.ts'
import { document } from '../../http/document.ts'
import { Problem } from '../../http/problems.ts'
import { signedIn } from '../../http/session.ts'
import type { Door } from '../newcomer.ts'
import { presentSelf } from '../present.ts'
import { createWelcome } from '../welcome.ts'
import { readBrowserCookie, writeBrowserCookie } from './browser.ts'
import { makeChallenge } from './challenge.ts'
import { linkKey } from './link.ts'
import { provenKey } from './proof.ts'
import { signInByKey } from './sign-in.ts'

const TAG = 'Accounts'

const HOW_TO_ASK =
  'Ask for something to sign by Nostr key. Good once, for two minutes, and for whoever sends back the cookie that comes ' +
  'along: a bot without a cookie jar copies it from Set-Cookie into Cookie'
const HOW_TO_ANSWER =
  'Sign in by a signed event of kind 27235 with empty content and the tags u (the url of the challenge), method (POST) and ' +
  'challenge. An unknown key makes a new account, by the rules for signing up'

/** Signing in with a Nostr key (NIP-98 over a challenge), and adding one to an account. */
export function nostrRoutes(deps: Deps, door: Door) {
  const { db, log, sessions, passwords, env, secure } = deps
  const welcome = createWelcome(deps)
  const url = `${env.PUBLIC_URL}/api/auth/nostr/verify`
  const asked = (request: Request) => ({ url, browser: readBrowserCookie(request, secure) })

  const strangers = new Elysia()
    .post(
      '/challenge',
      async ({ set }) => {
        const { challenge, browser, expires_at } = await makeChallenge(db)
        set.headers['set-cookie'] = writeBrowserCookie(browser, secure)
        return { challenge, url, kind: HTTP_AUTH, expires_at: new Date(expires_at).toISOString() }
      },
      { detail: document(TAG, HOW_TO_ASK, { 200: NostrChallenge }) },
    )
    .post(
      '/verify',
      async ({ body: { event, ...wanted }, request, set }) => {
        const pubkey = await provenKey(db, event, asked(request))
        const { user, room } = await signInByKey(log, door, pubkey, wanted)
        return { ...(await welcome(user, request, set.headers)), room }
      },
      { body: NostrProof, detail: document(TAG, HOW_TO_ANSWER, { 200: Welcome }) },
    )

  const people = new Elysia()
    .use(signedIn(sessions, secure))
    .post(
      '/link',
      async ({ viewer, body: { event, password }, request }) => {
        const pubkey = await provenKey(db, event, asked(request))
        if (!(await passwords.verify(password, viewer.user.password_hash)))
          throw new Problem(403, 'wrong_password', 'The password is wrong.')
        return { user: presentSelf(await linkKey(log, db.tables, viewer.user.id, pubkey)) }
      },
      {
        body: NostrLink,
        detail: document(TAG, 'Let a Nostr key open my account too; signed as for signing in', {
          200: z.object({ user: User }),
        }),
      },
    )
    .delete(
      '/link',
      async ({ viewer, set }) => {
        await linkKey(log, db.tables, viewer.user.id, null)
        set.status = 204
      },
      { detail: document(TAG, 'Take my Nostr key away again, if I have a password', { 204: null }) },
    )

  return new Elysia({ prefix: '/nostr' }).use(strangers).use(people)
}
