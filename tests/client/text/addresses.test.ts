import { describe, expect, test } from 'bun:test'
import * as mdurl from 'mdurl'
import * as ours from '../../../src/client/text/addresses.ts'
import names from '../../../src/client/text/host-names.ts'

type Parts = { protocol: string | null; auth: string | null; hostname: string | null; [part: string]: unknown }
type Addresses = {
  parse: (address: string, slashes: boolean) => Parts
  format: (parts: never) => string
  encode: (text: string) => string
  decode: ((text: string, kept: string) => string) & { defaultChars: string }
}

/** What markdown-it does with an address. */
function link({ parse, format, encode }: Addresses, address: string): string {
  const parts = parse(address, true)
  const recodes = !parts.protocol || ['http:', 'https:', 'mailto:'].includes(parts.protocol)
  if (parts.hostname && recodes) {
    try {
      parts.hostname = names.toASCII(parts.hostname)
    } catch {}
  }
  for (const part of ['auth', 'hostname', 'pathname', 'search', 'hash'])
    if (parts[part]) parts[part] = encode(String(parts[part]))
  return format(parts as never)
}
function linkText({ parse, format, decode }: Addresses, address: string): string {
  return decode(format(parse(address, true) as never), `${decode.defaultChars}%`)
}
const theirs = mdurl as unknown as Addresses

const SCHEMES = ['https:', 'http:', '']
const HOSTS = ['example.org', 'bücher.example', 'EXAMPLE.中国', '127.0.0.1', 'a_b.c-d.e', '🎉.example', '-', 'ä..b']
const ENDS = ['', ':8080', ':80']
const PIECES = [
  ...[
    '/',
    '?',
    '#',
    ':',
    '@',
    ';',
    '//',
    '..',
    'a.b',
    'example.org',
    '%',
    '%2',
    '%41',
    '%e4%b8%ad',
    '%2F',
    '%25',
    'ä',
    '中',
  ],
  ...[
    '🎉',
    ' ',
    '\t',
    '"',
    "'",
    '<',
    '>',
    '\\',
    '|',
    '(',
    ')',
    '[',
    ']',
    '&',
    '=',
    '+',
    '\ud800',
    'javascript:',
    'data:',
  ],
]
/** The same on every run. */
function sequence(seed: number) {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return (state >> 8) % below
  }
}

describe('addresses become what mdurl makes of them', () => {
  test.each([
    'https://example.org/a b?q=ä#ö',
    'https://user:pass@bücher.example:8080/x;y?z=%41&%zz#[x]',
    '//example.org/path',
    'mailto:ada@bücher.example?subject=a b',
    'HTTPS://EXAMPLE.org',
    'http://[::1]:80/x',
    '/uploads/a b.png',
    'relative/ä?x#y',
    'javascript:alert(1)',
    'data:text/html,<b>',
    'https://',
    '',
    '  https://example.org  ',
    'https://example.org/\ud800x',
  ])('%s', address => {
    expect(link(ours as unknown as Addresses, address)).toBe(link(theirs, address))
    expect(linkText(ours as unknown as Addresses, address)).toBe(linkText(theirs, address))
  })

  test('whatever follows a host', () => {
    const next = sequence(7)
    const one = (of: readonly string[]) => of[next(of.length)] ?? ''
    const some = () => Array.from({ length: next(6) }, () => one(PIECES)).join('')
    const differ: string[] = []
    for (let n = 0; n < 20_000; n += 1) {
      const user = next(4) ? '' : `${one(['ada', 'ada:secret', 'ä', 'a b', '%41'])}@`
      const host = next(9) ? user + one(HOSTS) : '[::1]'
      const site = `${one(SCHEMES)}//${host}${one(ENDS)}${one(['', '/', '?', '#'])}`
      const start = next(8) ? site : one(['mailto:ada@bücher.example?', '/uploads/', 'javascript:', '#'])
      const address = /[/?#:]$/.test(start) ? start + some() : start
      const [mine, other] = [link(ours as unknown as Addresses, address), link(theirs, address)]
      if (mine !== other) differ.push(`${address} → ${mine}, not ${other}`)
    }
    expect(differ.slice(0, 20)).toEqual([])
  })
})

test('text that is no UTF-8, and signs that would mean something else, stay what they are', () => {
  expect(ours.decode('%e4%b8%ad%2F%2f%25%41%C3x', '/%')).toBe('中%2F%2F%25A\ufffdx')
  expect(ours.decode('100%', '')).toBe('100%')
})
