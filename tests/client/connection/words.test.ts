import { expect, test } from 'bun:test'
import { bannerWords } from '../../../src/client/components/connection-words.ts'

test.each([
  ['well', 2, true, null],
  ['offline', 0, true, 'Offline. Messages you write will go out when the connection is back.'],
  ['offline', 1, true, 'Offline. 1 message will go out when the connection is back.'],
  ['offline', 3, true, 'Offline. 3 messages will go out when the connection is back.'],
  [
    'offline',
    3,
    false,
    'Offline. 3 messages will go out when the connection is back. Keep this tab open until then: your browser does not let GroupChat keep them.',
  ],
  ['lost', 0, true, 'Connection lost. Reconnecting…'],
  ['lost', 2, true, 'Connection lost. Reconnecting… 2 messages will go out then.'],
  ['connecting', 0, true, 'Connecting to the server…'],
] as const)('%s with %d unsent, lasting: %p', (state, waiting, is_lasting, words) => {
  expect(bannerWords({ state }, { waiting, is_lasting })).toBe(words)
})
