/** How long the event loop stands still while `web_fetch` reads a page, beside the same work done on the loop itself. */
import { readArticle } from '../src/server/agents/tools/fetch/page/article.ts'
import { createWebFetch } from '../src/server/agents/tools/fetch/web-fetch.ts'
import { bar, median, option, table } from './support/figures.ts'

const ROUNDS = option('rounds', 5)
const BAR_MS = 50

/** In a process of its own: what the site costs is not what reading costs. */
const SITE = `
  const paragraph = index => '<h2>Part ' + index + '</h2><p>' + ('Words of an <a href="/' + index + '">article</a>, with commas, which go on. ').repeat(12) + '</p>'
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch(request) {
    const size = Number(new URL(request.url).pathname.slice(1))
    let page = '<html><head><title>A page</title></head><body><article>'
    for (let index = 0; page.length < size - 1000; index++) page += paragraph(index)
    return new Response(page + '</article></body></html>', { headers: { 'Content-Type': 'text/html' } })
  } })
  console.log(server.port)`

const site = Bun.spawn([process.execPath, '-e', SITE], { stdout: 'pipe' })
const reader = site.stdout.getReader()
const port = Number(new TextDecoder().decode((await reader.read()).value))
const tool = createWebFetch({ allow: [{ host: '127.0.0.1', port }] })
const context = { signal: new AbortController().signal, mayOpen: () => true }
const urlOf = (size: number) => `http://127.0.0.1:${port}/${size}`

/** Runs it while a timer ticks every millisecond; the longest gap is the stall. */
async function stallOf(work: () => Promise<unknown>) {
  let stall = 0
  let last = performance.now()
  const look = () => {
    const now = performance.now()
    stall = Math.max(stall, now - last)
    last = now
  }
  const timer = setInterval(look, 1)
  const begun = performance.now()
  await work()
  look()
  clearInterval(timer)
  return { stall, took: performance.now() - begun }
}

async function row(name: string, work: () => Promise<unknown>, rounds = ROUNDS) {
  const runs = []
  for (let round = 0; round < rounds; round++) runs.push(await stallOf(work))
  const stalls = runs.map(({ stall }) => stall)
  return { name, took: median(runs.map(({ took }) => took)), stall: median(stalls), worst: Math.max(...stalls) }
}

const html = await (await fetch(urlOf(1_000_000))).text()
const rows = [
  await row('first page, 1 MB, with the start of the worker', () => tool.run({ url: urlOf(1_000_000) }, context), 1),
  await row('10 KB', () => tool.run({ url: urlOf(10_000) }, context)),
  await row('1 MB, its article', () => tool.run({ url: urlOf(1_000_000) }, context)),
  await row('1.5 MB, its outline', () => tool.run({ url: urlOf(1_500_000) }, context)),
  await row('5 MB, its outline', () => tool.run({ url: urlOf(4_990_000) }, context)),
]
const nothing = await row('nothing, for half a second', () => Bun.sleep(500))
const peer = await row('1 MB on the loop itself', async () => readArticle(html, 'https://example.test/'))
console.log(
  table(
    ['page', 'read in, ms', 'stall, ms', 'worst, ms'],
    [nothing, ...rows, peer].map(({ name, took, stall, worst }) => [name, took, stall, worst]),
  ),
)
for (const { name, worst } of rows) bar(`${name}: the loop stands still for less than ${BAR_MS} ms`, worst < BAR_MS)
tool.close()
site.kill()
