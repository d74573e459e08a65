import { randomBytes } from 'node:crypto'
import { eq, lte } from 'drizzle-orm'
import type { Database } from '../../db/database.ts'
import { hashOfToken, newToken } from '../one-time-token.ts'

export const CHALLENGE_MS = 2 * 60 * 1000

/** Something new to sign, for this browser alone; what has expired goes as it comes. */
export async function makeChallenge({ tables, write }: Database) {
  const { nostr_challenges } = tables
  const challenge = randomBytes(32).toString('hex')
  const browser = newToken()
  const expires_at = Date.now() + CHALLENGE_MS
  await write(async tx => {
    await tx.delete(nostr_challenges).where(lte(nostr_challenges.expires_at, Date.now()))
    await tx.insert(nostr_challenges).values({ challenge, browser_hash: hashOfToken(browser), expires_at })
  })
  return { challenge, browser, expires_at }
}

/** Whether it was asked of this browser within the last two minutes. It is used up by the question, whatever the answer. */
export async function useChallenge({ tables, write }: Database, challenge: string, browser: string | null) {
  const { nostr_challenges } = tables
  const [found] = await write(tx =>
    tx.delete(nostr_challenges).where(eq(nostr_challenges.challenge, challenge)).returning(),
  )
  return (
    found !== undefined &&
    browser !== null &&
    found.expires_at > Date.now() &&
    found.browser_hash === hashOfToken(browser)
  )
}
