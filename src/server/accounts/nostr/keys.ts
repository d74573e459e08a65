import { decode, npubEncode } from 'nostr-tools/nip19'
import { invalid } from '../../http/problems.ts'

/** The 64 hex digits of a public key that somebody typed as `npub1…` or as hex; 422 for anything else. */
export function publicKeyOf(typed: string): string {
  const text = typed.trim().replace(/^nostr:/i, '')
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase()
  if (/^nsec1/i.test(text)) throw invalid('npub', 'This is a private key: nobody but its owner may see it')
  try {
    const decoded = decode(text.toLowerCase())
    if (decoded.type === 'npub') return decoded.data
  } catch {
    // Not bech32, or with a digit that is wrong: the checksum does not fit.
  }
  throw invalid('npub', 'This is not a public key: npub1… or 64 hex digits')
}

export { npubEncode as npubOf }

/** What a key is called until its owner says otherwise: `npub1abcd…wxyz`. */
export function nameOfKey(pubkey: string): string {
  const npub = npubEncode(pubkey)
  return `${npub.slice(0, 9)}…${npub.slice(-4)}`
}
