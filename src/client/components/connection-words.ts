import type { Connection } from '../stores/connection.ts'
import type { Outbox } from '../stores/outbox.ts'

/** What the banner says of the line and of what waits for it; null while all is well. */
export function bannerWords(
  { state }: Pick<Connection, 'state'>,
  { waiting, is_lasting }: Pick<Outbox, 'waiting' | 'is_lasting'>,
): string | null {
  if (state === 'well') return null
  const messages = waiting === 1 ? '1 message' : `${waiting} messages`
  const keep = is_lasting ? '' : ' Keep this tab open until then: your browser does not let GroupChat keep them.'
  if (state === 'offline') {
    const what = waiting ? messages : 'Messages you write'
    return `Offline. ${what} will go out when the connection is back.${keep}`
  }
  const line = state === 'lost' ? 'Connection lost. Reconnecting…' : 'Connecting to the server…'
  return waiting ? `${line} ${messages} will go out then.${keep}` : line
}
