import { afterEach, expect, test } from 'bun:test'
import {
  createPageReader,
  type PageJob,
  type PageReader,
  type PageReaderOptions,
} from '../../../../src/server/agents/tools/fetch/page/reader.ts'
import { ToolFailure } from '../../../../src/server/agents/tools/tool.ts'

const readers: PageReader[] = []
afterEach(() => {
  for (const reader of readers.splice(0)) reader.close()
})

const stubborn = new URL('./workers/stubborn.ts', import.meta.url)
const ever = new AbortController().signal
const GIVEN_UP = 'too large or too tangled to be read'

function open(options: PageReaderOptions = {}) {
  const reader = createPageReader({ worker: stubborn, jobMs: 400, outlineMs: 400, ...options })
  readers.push(reader)
  return (wish: string, kind: PageJob['kind'] = 'text', signal = ever) =>
    reader.read({ url: 'https://site.test/', bytes: new TextEncoder().encode(wish), kind, charset: null }, signal)
}

test('a worker that hangs is replaced, and what waited is read by the next', async () => {
  const read = open()
  const begun = performance.now()
  const [hung, next] = await Promise.allSettled([read('hang'), read('hello')])
  expect(hung.status === 'rejected' && hung.reason).toBeInstanceOf(ToolFailure)
  expect(hung.status === 'rejected' && hung.reason.message).toContain(GIVEN_UP)
  expect(next.status === 'fulfilled' && next.value.text).toBe('text: hello, 0 variables')
  expect(performance.now() - begun).toBeLessThan(1_500)
})

test('a page on which the worker hangs or dies is read as an outline by another', async () => {
  const read = open()
  expect((await read('hang html', 'html')).text).toStartWith('outline: hang html')
  expect((await read('throw html', 'html')).text).toStartWith('outline: throw html')
  expect((await read('fine', 'html')).text).toStartWith('html: fine')
})

test('a worker that dies gives words, and the next page is read', async () => {
  const read = open({ jobMs: 4_000 })
  const begun = performance.now()
  for (const wish of ['throw', 'exit']) {
    await expect(read(wish)).rejects.toThrow(GIVEN_UP)
    expect((await read('hello')).text).toStartWith('text: hello')
  }
  expect(performance.now() - begun).toBeLessThan(2_000)
  await expect(open({ worker: new URL('./workers/none.ts', import.meta.url) })('hello')).rejects.toThrow(GIVEN_UP)
})

test('a worker that died between two pages is not asked', async () => {
  const read = open()
  await read('die later')
  await Bun.sleep(100)
  expect((await read('hello')).text).toStartWith('text: hello')
})

test('a worker that takes the memory of the process is ended', async () => {
  const read = open({ jobMs: 5_000, growthMax: 100_000_000 })
  const begun = performance.now()
  await expect(read('grow')).rejects.toThrow(GIVEN_UP)
  expect(performance.now() - begun).toBeLessThan(2_500)
})

test('what is wrong with a page is passed on in its own words, once', async () => {
  await expect(open()('problem', 'html')).rejects.toThrow(new ToolFailure('Not today.'))
})

test('a stop ends what runs and what waits at once, and harms nobody else', async () => {
  const read = open({ jobMs: 5_000 })
  const ada = new AbortController()
  const grace = new AbortController()
  const running = read('hang', 'text', ada.signal)
  const waiting = read('waiting', 'text', grace.signal)
  const later = read('later')
  const begun = performance.now()
  grace.abort(new Error('stopped by Grace'))
  await expect(waiting).rejects.toThrow('stopped by Grace')
  ada.abort(new Error('stopped by Ada'))
  await expect(running).rejects.toThrow('stopped by Ada')
  expect((await later).text).toStartWith('text: later')
  expect(performance.now() - begun).toBeLessThan(1_000)
})

test('one page is read at a time, and a long queue is refused', async () => {
  const read = open()
  const all = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => read(`${index}`)))
  const words = all.map(one => (one.status === 'fulfilled' ? one.value.text.split(',')[0] : 'refused'))
  expect(words).toEqual(Array.from({ length: 20 }, (_, index) => (index < 16 ? `text: ${index}` : 'refused')))
})

test('closing ends what runs; an idle worker ends by itself and another begins', async () => {
  const read = open({ jobMs: 5_000, idleMs: 30 })
  const { title: first } = await read('hello')
  expect((await read('again')).title).toBe(first)
  await Bun.sleep(100)
  expect((await read('and again')).title).not.toBe(first)
  const running = read('hang')
  await Bun.sleep(50)
  for (const reader of readers) reader.close()
  await expect(running).rejects.toThrow('shutting down')
  await expect(read('hello')).rejects.toThrow('shutting down')
})

test('a process is not kept alive by an idle worker', async () => {
  const script = `
    import { createPageReader } from './src/server/agents/tools/fetch/page/reader.ts'
    const job = { url: 'https://site.test/', bytes: new TextEncoder().encode('hello'), kind: 'text', charset: null }
    console.log((await createPageReader().read(job, new AbortController().signal)).text)`
  const child = Bun.spawn([process.execPath, '-e', script], { timeout: 4_000 })
  expect(await new Response(child.stdout).text()).toBe('hello\n')
  expect(await child.exited).toBe(0)
})
