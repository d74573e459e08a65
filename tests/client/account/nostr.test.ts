import { expect, test } from 'bun:test'
import {
  type Extension,
  findExtension,
  NoExtension,
  proofOf,
  signedProof,
} from '../../../src/client/components/account/nostr.ts'
import type { NostrChallenge, NostrEvent } from '../../../src/shared/nostr.ts'

const CHALLENGE: NostrChallenge = {
  challenge: 'c0ffee',
  url: 'https://chat.test/api/auth/nostr/verify',
  kind: 27235,
  expires_at: '2026-11-20T09:02:00.000Z',
}
const signs: Extension = { signEvent: async event => ({ ...event, id: '1', pubkey: '2', sig: '3' }) }

test('what is signed names the place, the method and the challenge, and says nothing else', () => {
  expect(proofOf(CHALLENGE, 1_700_000_000_900)).toEqual({
    kind: 27235,
    created_at: 1_700_000_000,
    tags: [
      ['u', CHALLENGE.url],
      ['method', 'POST'],
      ['challenge', 'c0ffee'],
    ],
    content: '',
  })
})

test('an extension that comes late is waited for', async () => {
  const page: { nostr?: Extension } = {}
  setTimeout(() => {
    page.nostr = signs
  }, 120)
  expect(await findExtension(page)).toBe(signs)
})

test('without one no challenge is asked for', () => {
  const asked = signedProof({}, () => Promise.reject(new Error('asked')))
  expect(findExtension({}, 50)).rejects.toThrow(NoExtension)
  expect(asked).rejects.toThrow(NoExtension)
})

test('somebody who does not let it sign is told so in words', async () => {
  const refuses = { nostr: { signEvent: () => Promise.reject('no') as Promise<NostrEvent> } }
  expect(signedProof(refuses, async () => CHALLENGE)).rejects.toThrow('Allow it to')
  expect((await signedProof({ nostr: signs }, async () => CHALLENGE)).tags[2]).toEqual(['challenge', 'c0ffee'])
})
