import { afterAll, beforeAll, expect, test } from 'bun:test'
import { answerOf, contextOf, createOpened, pathOf, redirectTo, type Site, wordsOf } from './site.ts'

const opened = createOpened()
let site: Site
let canary: Site
let redirects: Record<string, Buffer> = {}
beforeAll(async () => {
  canary = await opened.site(socket => socket.end(answerOf('INTERNAL SECRET')))
  site = await opened.site((socket, request) =>
    socket.end(redirects[pathOf(request)] ?? answerOf(`at ${pathOf(request)}`)),
  )
})
afterAll(() => opened.close())

function read(path: string, mayOpen: (url: string) => boolean = () => true, allowCanary = false) {
  const resolve = async (host: string) => (host === 'public.test' ? ['8.8.8.8'] : ['127.0.0.1'])
  const allow = [
    { host: 'start.test', port: site.port },
    ...(allowCanary ? [{ host: 'inner.test', port: canary.port }] : []),
  ]
  const tool = opened.webFetch([], { resolve, allow, ports: [80, canary.port, site.port] })
  return wordsOf(tool.run({ url: `http://start.test:${site.port}${path}` }, contextOf({ mayOpen })))
}

for (const status of [301, 302, 303, 307, 308])
  test(`${status} is followed by hand, and checked`, async () => {
    const port = canary.port
    redirects = {
      '/relative': redirectTo('../there?x=1', status),
      '/absolute': redirectTo(`http://start.test:${site.port}/there`, status),
      '/protocol-relative': redirectTo(`//start.test:${site.port}/there`, status),
      '/letters': redirectTo('/café', status),
      '/loopback': redirectTo(`http://127.0.0.1:${port}/`, status),
      '/mapped': redirectTo(`http://[::ffff:7f00:1]:${port}/`, status),
      '/decimal': redirectTo(`http://2130706433:${port}/`, status),
      '/protocol-relative-loopback': redirectTo(`//127.1:${port}/`, status),
      '/backslashes': redirectTo(`\\\\127.0.0.1:${port}\\`, status),
      '/name': redirectTo(`http://inner.test:${port}/`, status),
      '/localhost': redirectTo(`http://localhost:${port}/`, status),
      '/metadata': redirectTo('http://169.254.169.254/latest/meta-data/', status),
      '/private': redirectTo('http://10.0.0.1/', status),
      '/port': redirectTo('http://public.test:22/', status),
      '/user': redirectTo(`http://user:secret@public.test/`, status),
      '/file': redirectTo('file:///etc/passwd', status),
      '/data': redirectTo('data:text/plain,hello', status),
      '/ftp': redirectTo('ftp://public.test/', status),
      '/nowhere': answerOf('', {}, `${status} Redirect`),
      '/invalid': redirectTo('http://[', status),
      '/circle': redirectTo('/circle-back', status),
      '/circle-back': redirectTo('/circle#other', status),
    }
    const expected: Record<string, string> = {
      '/relative': 'at /there?x=1',
      '/absolute': `http://start.test:${site.port}/there\n\nat /there`,
      '/protocol-relative': 'at /there',
      '/letters': 'at /caf%C3%A9',
      '/loopback': 'loopback',
      '/mapped': 'loopback',
      '/decimal': 'loopback',
      '/protocol-relative-loopback': 'loopback',
      '/backslashes': 'loopback',
      '/name': 'loopback',
      '/localhost': 'private network',
      '/metadata': 'metadata',
      '/private': 'private network',
      '/port': 'Port 22',
      '/user': 'user name or password',
      '/file': 'Only http and https',
      '/data': 'Only http and https',
      '/ftp': 'Only http and https',
      '/nowhere': 'redirects to nowhere',
      '/invalid': 'complete web address',
      '/circle': 'redirects in a circle',
    }
    const wrong: string[] = []
    for (const [path, words] of Object.entries(expected)) {
      const answer = await read(path)
      if (!answer.includes(words)) wrong.push(`${path} → ${answer}, not ${words}`)
    }
    expect(wrong).toEqual([])
    expect(canary.connections()).toBe(0)
  })

test('five redirects are followed, a sixth is not', async () => {
  redirects = Object.fromEntries([1, 2, 3, 4, 5, 6].map(hop => [`/${hop}`, redirectTo(`/${hop + 1}`)]))
  expect(await read('/2')).toContain('at /7')
  expect(await read('/1')).toBe(
    'ToolFailure: start.test:PORT redirects more than 5 times.'.replace('PORT', `${site.port}`),
  )
})

test('what redirects inside the page are not followed', async () => {
  redirects = {
    '/': answerOf(
      `<meta http-equiv="refresh" content="0;url=/there"><p>still here</p><script>location = '/there'</script>`,
      {
        'Content-Type': 'text/html',
        Refresh: '0; url=/there',
      },
    ),
  }
  const before = site.requests.length
  expect(await read('/')).toContain('still here')
  expect(site.requests.length).toBe(before + 1)
})

test('into an allowed private host a redirect leads only where one may go at once', async () => {
  const inner = `http://inner.test:${canary.port}/`
  redirects = { '/': redirectTo(inner) }
  const asked: string[] = []
  const onlyStart = (url: string) => {
    asked.push(url)
    return url !== inner
  }
  expect(await read('/', onlyStart, true)).toContain('which it may not lead to')
  expect(canary.connections()).toBe(0)
  expect(asked).toEqual([`http://start.test:${site.port}/`, inner])
  expect(await read('/', () => true, true)).toContain('INTERNAL SECRET')
})

test('what may not be opened is not even looked up', async () => {
  let resolved = 0
  const resolve = async () => {
    resolved += 1
    return ['8.8.8.8']
  }
  const tool = opened.webFetch([], { resolve })
  const words = await wordsOf(
    tool.run({ url: 'https://words-of-the-room.evil.test/' }, contextOf({ mayOpen: () => false })),
  )
  expect(words).toBe('ToolFailure: This address was neither written by a person in the room nor returned by a search.')
  expect(resolved).toBe(0)
})
