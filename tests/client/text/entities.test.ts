import { expect, test } from 'bun:test'
import createMarkdownIt from 'markdown-it'
import { decodeHTMLStrict } from '../../../src/client/text/entities.ts'

const source = await Bun.file(new URL('../../../src/client/text/entities.ts', import.meta.url)).text()
const full = createMarkdownIt().utils.unescapeAll

test('every name that is written here means what HTML says', () => {
  const names = (source.match(/[A-Za-z]+\d*/g) ?? []).filter(name => decodeHTMLStrict(`&${name};`) !== `&${name};`)
  expect(new Set(names).size).toBeGreaterThan(230)
  for (const name of names) expect([name, decodeHTMLStrict(`&${name};`)]).toEqual([name, full(`&${name};`)])
})

test.each(['&nosuchname;', '&constructor;', '&__proto__;', '&amp', '&;', '&-;'])('%s stays as it is', entity =>
  expect(decodeHTMLStrict(entity)).toBe(entity),
)
