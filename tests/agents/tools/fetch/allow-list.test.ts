import { afterAll, expect, test } from 'bun:test'
import { AllowListError, parseAllowList } from '../../../../src/server/agents/tools/fetch/allow-list.ts'
import { answerOf, contextOf, createOpened, wordsOf } from './site.ts'

const opened = createOpened()
afterAll(() => opened.close())

test('hosts and ports are read as addresses will be', () => {
  expect(parseAllowList(' wiki.internal:8080, 10.0.0.7:80 ,[FD00:0::7]:443,, 0x7f.1:3000, WIKI.internal.:81,')).toEqual(
    [
      { host: 'wiki.internal', port: 8080 },
      { host: '10.0.0.7', port: 80 },
      { host: 'fd00::7', port: 443 },
      { host: '127.0.0.1', port: 3000 },
      { host: 'wiki.internal', port: 81 },
    ],
  )
  expect(parseAllowList('')).toEqual([])
})

test('every mistake is named by its place and none repeated', () => {
  const bad = [
    'wiki',
    'http://wiki:80',
    'a@secret:80',
    'wiki:0',
    'wiki:65536',
    '*.wiki:80',
    'wiki:80/path',
    'fd00::7:80',
    ':80',
    '1.2.3.4.5:80',
  ]
  try {
    parseAllowList(`ok:80,${bad.join(',')}`)
    throw new Error('It was accepted')
  } catch (error) {
    if (!(error instanceof AllowListError)) throw error
    expect(error.mistakes).toHaveLength(bad.length)
    expect(error.mistakes[0]).toBe('entry 2 must be HOST:PORT, for example wiki.internal:8080')
    expect(error.mistakes[3]).toContain('between 1 and 65535')
    expect(error.message).not.toContain('secret')
  }
})

test('an allowed host is reached at its port only, by its own name only', async () => {
  const wiki = await opened.site(socket => socket.end(answerOf('the wiki')))
  const other = await opened.site(socket => socket.end(answerOf('something else')))
  const resolve = async () => ['127.0.0.1']
  const tool = opened.webFetch([], {
    resolve,
    ports: [wiki.port, other.port],
    allow: parseAllowList(`wiki.internal:${wiki.port}`),
  })
  const read = (url: string) => wordsOf(tool.run({ url }, contextOf()))
  expect(await read(`http://wiki.internal:${wiki.port}/`)).toContain('the wiki')
  expect(await read(`http://WIKI.internal.:${wiki.port}/`)).toContain('the wiki')
  expect(await read(`http://wiki.internal:${other.port}/`)).toContain('private network')
  expect(await read(`http://127.0.0.1:${wiki.port}/`)).toContain('loopback')
  expect(await read(`http://evil-wiki.internal:${wiki.port}/`)).toContain('private network')
  expect(await read(`http://wiki.internal.evil.test:${wiki.port}/`)).toContain('loopback')
  expect([wiki.connections(), other.connections()]).toEqual([2, 0])
})
