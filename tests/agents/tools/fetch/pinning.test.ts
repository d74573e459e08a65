import { afterAll, expect, test } from 'bun:test'
import { answerOf, contextOf, createOpened, redirectTo, wordsOf } from './site.ts'

const opened = createOpened()
afterAll(() => opened.close())

/** Another answer to each question, as an attacker's name server gives them. */
function rebinding(...answers: string[][]) {
  let asked = 0
  return { resolve: async () => answers[asked++] ?? ['127.0.0.1'], asked: () => asked }
}

test('the connection goes to the address that was checked, and the name is resolved once', async () => {
  const first = await opened.site(socket => socket.end(answerOf('the checked one')), '127.0.0.2')
  const canary = await opened.site(socket => socket.end(answerOf('INTERNAL SECRET')), '127.0.0.1', first.port)
  const names = rebinding(['127.0.0.2'], ['127.0.0.1'])
  const tool = opened.webFetch([], { resolve: names.resolve, allow: [{ host: 'rebind.test', port: first.port }] })
  const { text } = await tool.run({ url: `http://rebind.test:${first.port}/` }, contextOf())
  expect(text).toContain('the checked one')
  expect(first.requests[0]).toContain(`Host: rebind.test:${first.port}\r\n`)
  expect(names.asked()).toBe(1)
  expect(canary.connections()).toBe(0)
})

test('a redirect to the same name is resolved and checked anew', async () => {
  const canary = await opened.site(socket => socket.end(answerOf('INTERNAL SECRET')))
  const site = await opened.site(socket => socket.end(redirectTo(`http://start.test:${canary.port}/`)))
  const names = rebinding(['127.0.0.1'], ['127.0.0.1'])
  const allow = [{ host: 'start.test', port: site.port }]
  const tool = opened.webFetch([], { resolve: names.resolve, ports: [canary.port], allow })
  const words = await wordsOf(tool.run({ url: `http://start.test:${site.port}/` }, contextOf()))
  expect(words).toBe('ToolFailure: start.test leads to a loopback address, which is not opened.')
  expect(names.asked()).toBe(2)
  expect(canary.connections()).toBe(0)
})

test('a connection is of one call only', async () => {
  const site = await opened.site(socket => socket.write(answerOf('hello')))
  const tool = opened.webFetch([site])
  for (let call = 0; call < 3; call++) await tool.run({ url: `http://127.0.0.1:${site.port}/` }, contextOf())
  expect(site.connections()).toBe(3)
  expect(site.requests[0]).toContain('Connection: close')
  await Bun.sleep(20)
  expect(site.open()).toBe(0)
})

test('proxies of the environment are not asked', async () => {
  const site = await opened.site(socket => socket.end(answerOf('directly')))
  const proxy = await opened.site(socket => socket.end(answerOf('by a proxy')))
  const before = { ...process.env }
  try {
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) process.env[name] = `http://127.0.0.1:${proxy.port}`
    process.env.NODE_USE_ENV_PROXY = '1'
    const { text } = await opened.webFetch([site]).run({ url: `http://127.0.0.1:${site.port}/` }, contextOf())
    expect(text).toContain('directly')
    expect(proxy.connections()).toBe(0)
  } finally {
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY']) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
  }
})
