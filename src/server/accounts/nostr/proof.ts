import { getEventHash, verifyEvent } from 'nostr-tools/pure'
import { HTTP_AUTH, type NostrEvent } from '../../../shared/nostr.ts'
import type { Database } from '../../db/database.ts'
import { Problem } from '../../http/problems.ts'
import { useChallenge } from './challenge.ts'

/** How far the clock of whoever signed may be off, either way. */
const CLOCK_S = 60

/** The key whose holder has just signed what this server asked this browser to sign; 401 for anything else. */
export async function provenKey(
  db: Database,
  event: NostrEvent,
  { url, browser }: { url: string; browser: string | null },
): Promise<string> {
  const challenge = tag(event, 'challenge')
  // First of all, so that no two tries and no second guess share a challenge.
  if (challenge === null || !(await useChallenge(db, challenge, browser)))
    throw refused('This challenge is unknown, too old or already used. Ask for a new one.')
  if (event.kind !== HTTP_AUTH || event.content !== '') throw refused('This event is not for signing in.')
  if (tag(event, 'u') !== url || tag(event, 'method') !== 'POST')
    throw refused('This event was signed for another address.')
  if (Math.abs(Date.now() / 1000 - event.created_at) > CLOCK_S)
    throw refused('The time of this event is more than a minute off. Check the clock of your device.')
  if (!isSigned(event)) throw refused('The signature does not fit.')
  return event.pubkey
}

/** The value of a tag that is there exactly once, as a pair. */
function tag({ tags }: NostrEvent, name: string): string | null {
  const [found, second] = tags.filter(each => each[0] === name)
  return found?.length === 2 && !second ? (found[1] ?? null) : null
}

function isSigned({ id, pubkey, created_at, kind, tags, content, sig }: NostrEvent): boolean {
  // A new object: the library remembers on the object itself that it was once found good.
  const event = { id, pubkey, created_at, kind, tags, content, sig }
  return getEventHash(event) === id && verifyEvent(event)
}

function refused(detail: string): Problem {
  return new Problem(401, 'nostr_refused', detail)
}
