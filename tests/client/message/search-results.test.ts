import { expect, test } from 'bun:test'
import { searchResults } from '../../../src/client/components/message/search-results.ts'

const LIST = `1. Bun — A fast all-in-one JavaScript runtime
   https://bun.sh/ (2 days ago)
   Bundle, install and run JavaScript and TypeScript.

2. No excerpt (really)
   https://www.example.org/a_(b)?c=d

3. No age
   http://example.org:8080/
   An excerpt.`

test('a list of results is read back', () => {
  expect(searchResults(LIST)).toEqual([
    {
      title: 'Bun — A fast all-in-one JavaScript runtime',
      url: 'https://bun.sh/',
      host: 'bun.sh',
      age: '2 days ago',
      snippet: 'Bundle, install and run JavaScript and TypeScript.',
    },
    {
      title: 'No excerpt (really)',
      url: 'https://www.example.org/a_(b)?c=d',
      host: 'example.org',
      age: null,
      snippet: null,
    },
    { title: 'No age', url: 'http://example.org:8080/', host: 'example.org:8080', age: null, snippet: 'An excerpt.' },
  ])
})

test('of a list that was cut, half an address is no link', () => {
  const cut = `${LIST}\n\n4. Cut\n   https://example.org/half-an-addr…`
  expect(searchResults(cut)?.map(result => result.title)).not.toContain('Cut')
})

test.each([
  ['Nothing was found.'],
  [''],
  ['1. Not an address\n   javascript:alert(1)\n   text'],
  ['A page that says\n\n1. one\n2. two'],
])('anything else is text: %j', text => expect(searchResults(text)).toBeNull())
