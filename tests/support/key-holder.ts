import { npubEncode } from 'nostr-tools/nip19'
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import type { Welcome } from '../../src/shared/invites.ts'
import { NostrChallenge, type NostrEvent } from '../../src/shared/nostr.ts'
import { type Answer, Person } from './person.ts'

export type Asked = { challenge: string; url: string; cookie: string }
type Draft = Pick<NostrEvent, 'kind' | 'created_at' | 'tags' | 'content'>

/** Somebody with a Nostr key, who signs in as a bot would: by hand, cookie included. */
export function keyHolder(server: string) {
  const secret = generateSecretKey()
  const pubkey = getPublicKey(secret)

  async function asks(): Promise<Asked> {
    const response = await fetch(`${server}/api/auth/nostr/challenge`, { method: 'POST' })
    const { challenge, url } = NostrChallenge.parse(await response.json())
    return { challenge, url, cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' }
  }

  function signs({ challenge, url }: Asked, change: Partial<Draft> = {}): NostrEvent {
    const tags = [
      ['u', url],
      ['method', 'POST'],
      ['challenge', challenge],
    ]
    const event = finalizeEvent(
      { kind: 27235, created_at: Math.floor(Date.now() / 1000), tags, content: '', ...change },
      secret,
    )
    return JSON.parse(JSON.stringify(event))
  }

  /** Sends whatever a test has made of an event. */
  async function shows<T = Record<string, unknown>>(body: unknown, cookie: string | null): Promise<Answer<T>> {
    const response = await fetch(`${server}/api/auth/nostr/verify`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(cookie && { cookie }) },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    return { status: response.status, body: (text ? JSON.parse(text) : null) as T, headers: response.headers }
  }

  return {
    pubkey,
    npub: npubEncode(pubkey),
    asks,
    signs,
    shows,
    async signsIn(more: { display_name?: string; invite?: string } = {}): Promise<Person> {
      const asked = await asks()
      const { status, body } = await shows<Welcome>({ event: signs(asked), ...more }, asked.cookie)
      if (status !== 200) throw new Error(`signing in by key answered ${status}: ${JSON.stringify(body)}`)
      return new Person(server, body.user, body.token)
    },
  }
}
