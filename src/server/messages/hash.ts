/** What a permalink names: SHA-256 over who said what, where and when, as first posted. Lower-case hex. */
export function hashMessage(room_id: string, sender_id: string, timestamp: string, content: string): string {
  return new Bun.CryptoHasher('sha256').update(JSON.stringify([room_id, sender_id, timestamp, content])).digest('hex')
}
