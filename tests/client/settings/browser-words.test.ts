import { expect, test } from 'bun:test'
import { browserWords, isHandheld } from '../../../src/client/components/settings/browser-words.ts'

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit'

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
  [`${MAC}/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15`, 'Safari on macOS'],
  [`${MAC}/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36`, 'Chrome on macOS'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0',
    'Edge on Windows',
  ],
  ['Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36', 'Chrome on Android'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit CriOS/140.0 Safari/604.1', 'Chrome on iPhone'],
  ['curl/8.5.0', 'curl'],
  ['my-bot/1.0 (+https://example.org)', 'my-bot'],
])('%s is called as people call it', (user_agent, words) => {
  expect(browserWords(user_agent)).toBe(words)
})

test('a program that does not say what it is has no name', () => {
  expect(browserWords(null)).toBe('Unknown program')
  expect(isHandheld(null)).toBeFalse()
})
