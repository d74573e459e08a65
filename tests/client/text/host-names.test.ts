import { expect, test } from 'bun:test'
import names from '../../../src/client/text/host-names.ts'

test.each([
  ['example.org', 'example.org'],
  ['127.1', '127.1'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['EXAMPLE.中国', 'example.xn--fiqs8s'],
])('%s is %s on the wire', (written, sent) => expect(names.toASCII(written)).toBe(sent))

test('what is no name is refused, and a name is shown as it was written', () => {
  expect(() => names.toASCII('bü cher')).toThrow()
  expect(names.toUnicode('xn--bcher-kva.example')).toBe('xn--bcher-kva.example')
})
