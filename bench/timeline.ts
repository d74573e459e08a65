/** How smoothly a long conversation scrolls, grows and is written into, in a real browser. */
import { chromium, type Page } from 'playwright-core'
import { startFakeProvider } from '../tests/support/fake-provider.ts'
import { markAsRead, words, writeConversation } from '../tests/support/long-conversation.ts'
import { Person } from '../tests/support/person.ts'
import { seenWhile, watchFrames } from '../tests/support/steadiness.ts'
import { bar, option, quantile, table } from './support/figures.ts'
import { tasksOf } from './support/main-thread.ts'
import { startServerProcess } from './support/server.ts'

const MESSAGES = option('messages', 5_000)
const ONLY = process.argv.find(argument => argument.startsWith('--only='))?.slice(7)
const LOG = '[role=log]'

const provider = await startFakeProvider()
const server = await startServerProcess({
  env: { OPENROUTER_BASE_URL: provider.baseUrl, OPENROUTER_API_KEY: provider.apiKey ?? '' },
})
const browser = await chromium.launch({
  executablePath: process.env.BROWSER_PATH ?? Bun.which('chromium') ?? undefined,
  args: ['--no-sandbox', '--disable-gpu', '--enable-precise-memory-info'],
})

const account = (name: string) => ({
  email: `${name}@example.org`,
  password: 'correct horse battery',
  display_name: name,
})
const ada = await Person.register(server.url, account('Ada'))
const grace = await Person.register(server.url, account('Grace'))
const room = await ada.creates({ name: 'long', model_id: 'fake/small', ai_mode: 'mention' })
await grace.joins(room)
writeConversation(server.folder, { room_id: room.id, count: MESSAGES, authors: [ada.user, grace.user] })

const rows: (string | number)[][] = []
/**
 * Each scene is played twice: its tasks are timed with nobody looking, and its frames looked at with no clock running,
 * as looking makes the page lay itself out one more time in every frame.
 */
let is_watched = false

/** Holds what was seen against the bars. */
async function scene(
  what: string,
  page: Page,
  direction: -1 | 0 | 1 | null,
  task_max: number,
  act: () => Promise<unknown>,
) {
  if (!is_watched) {
    const longest = Math.max(...(await tasksOf(page, act)))
    rows.push([what, longest, '', '', '', '', ''])
    bar(`${what}: no task takes more than ${task_max} ms of the processor (${longest})`, longest <= task_max)
    return
  }
  const { frames, backward, apart, lost, rows: most } = await seenWhile(page, direction ?? 0, act)
  rows.push([what, '', frames, backward, apart, lost, most])
  if (direction !== null)
    bar(`${what}: nothing jumps (${backward} px back, ${apart} px apart)`, backward <= 2 && apart <= 2)
  bar(`${what}: at most 300 rows (${most})`, most <= 300)
}

async function visit(read: number, touch = false): Promise<Page> {
  markAsRead(server.folder, room.id, ada.user.id, read)
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, hasTouch: touch })
  const page = await context.newPage()
  if (is_watched) await watchFrames(page)
  await page.goto(`${server.url}/sign-in`)
  await page.getByLabel('Email').fill('Ada@example.org')
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(url => !url.pathname.startsWith('/sign-'))
  await page.goto(`${server.url}/rooms/${room.id}`)
  await page.locator(`${LOG} article`).first().waitFor()
  await Bun.sleep(1_500)
  return page
}

/** Whether this message is loaded, at as little cost to the page as may be. */
const has = (page: Page, seq: number) =>
  page.evaluate(at => document.querySelector(`[role=log] [data-seq="${at}"]`) !== null, seq)

async function wheel(page: Page, step: number, until: number) {
  await page.locator(LOG).hover()
  while (!(await has(page, until))) {
    for (let n = 0; n < 10; n++) {
      await page.mouse.wheel(0, step)
      await Bun.sleep(16)
    }
  }
}

async function keys(page: Page, key: string, until: number) {
  await page.locator(LOG).focus()
  while (!(await has(page, until))) {
    await page.keyboard.press(key)
    await Bun.sleep(30)
  }
}

const scenes: Record<string, () => Promise<void>> = {
  async wheel() {
    const page = await visit(1_000_000)
    await scene('wheel up', page, 1, 50, () => wheel(page, -700, Math.max(1, MESSAGES - 1_500)))
    await scene('wheel down', page, -1, 50, () => wheel(page, 700, MESSAGES))
    await page.context().close()
  },
  async keys() {
    const page = await visit(1_000_000)
    await scene('PageUp', page, 1, 50, () => keys(page, 'PageUp', MESSAGES - 600))
    await scene('PageDown', page, -1, 50, () => keys(page, 'PageDown', MESSAGES))
    await page.context().close()
  },
  async fling() {
    const page = await visit(1_000_000, true)
    const cdp = await page.context().newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', y?: number) =>
      cdp.send('Input.dispatchTouchEvent', { type, touchPoints: y === undefined ? [] : [{ x: 720, y }] })
    /** A finger that is faster and faster, and lets go. */
    const fling = async (direction: 1 | -1) => {
      for (let n = 0; n < 15; n++) {
        const from = 400 - direction * 200
        await touch('touchStart', from)
        for (let at = 1; at <= 8; at++) {
          await touch('touchMove', from + direction * at * 50)
          await Bun.sleep(8)
        }
        await touch('touchEnd')
        await Bun.sleep(700)
      }
    }
    await scene('flings up', page, 1, 50, () => fling(1))
    await scene('flings down', page, -1, 50, () => fling(-1))
    await page.context().close()
  },
  async jumps() {
    const page = await visit(1_000_000)
    await page.locator(LOG).focus()
    await scene('Home', page, 1, 50, async () => {
      for (let n = 0; n < 40 && !(await has(page, 1)); n++) {
        await page.keyboard.press('Home')
        await Bun.sleep(150)
      }
    })
    await page.context().close()
  },
  async arrival() {
    if (is_watched) return
    const page = await visit(1_000_000)
    await timeMarks(page)
    for (const rate of [5, 50]) {
      await write(rate, 8)
      const times = await marksShown(page)
      const [middle, most] = [quantile(times, 0.5), times.at(-1) ?? Number.NaN]
      rows.push([`${rate} a second, from frame to screen, p50 and most, ms`, middle, most, '', '', '', ''])
      if (rate === 5)
        bar(`a message is on the screen within 50 ms (${times.length} messages, at most ${most})`, most <= 50)
    }
    await page.context().close()
  },
  async busy() {
    const page = await visit(1_000_000)
    await scene('fifty a second, at the end', page, -1, 50, () => write(50, 10))
    await page.locator(LOG).hover()
    await page.mouse.wheel(0, -2_500)
    await Bun.sleep(1_000)
    await scene('fifty a second, read above', page, 0, 50, () => write(50, 10))
    await page.context().close()
  },
  async answer() {
    const page = await visit(1_000_000)
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 })
    const text = longAnswer(20_000)
    provider.next({ text: text.match(/[\s\S]{1,4}/g) ?? [], pace: 5 })
    if (is_watched) await watchBlocks(page)
    await scene('an answer of 20,000 characters, slowed four times', page, null, 100, async () => {
      await grace.says(room, '@assistant tell us everything')
      await page.locator(`${LOG} article[data-status=streaming]`).waitFor()
      await page.locator(`${LOG} article[data-status=streaming]`).waitFor({ state: 'detached', timeout: 120_000 })
      await Bun.sleep(1_000)
    })
    if (is_watched) {
      const blocks = await page.evaluate(
        () => (window as unknown as { blocks: { moved: number; replaced: number } }).blocks,
      )
      bar(
        `nothing above the growing end moves (${blocks.moved} px) or is replaced (${blocks.replaced})`,
        blocks.moved <= 1 && blocks.replaced === 0,
      )
    }
    await page.context().close()
  },
}

let said = 0
/** Messages of somebody else, each with a mark of its own. */
async function write(rate: number, seconds: number) {
  for (const end = Date.now() + seconds * 1_000; Date.now() < end; ) {
    void grace.says(room, `mark${++said}x ${words(said, 12)}`)
    await Bun.sleep(1_000 / rate)
  }
  await Bun.sleep(500)
}

/** Notes when each mark comes out of the stream, and when the frame that shows it has been drawn. */
async function timeMarks(page: Page) {
  await page.evaluate(() => {
    const read = ReadableStreamDefaultReader.prototype.read
    const marks = { arrived: new Map<string, number>(), shown: [] as number[] }
    Object.assign(window, { marks })
    ReadableStreamDefaultReader.prototype.read = async function (this: ReadableStreamDefaultReader) {
      const result = await read.call(this)
      const text = typeof result.value === 'string' ? result.value : ''
      for (const [mark] of text.matchAll(/mark\d+x/g))
        if (!marks.arrived.has(mark)) marks.arrived.set(mark, performance.now())
      return result
    } as typeof read
    const notice = (text: string) => {
      for (const [mark] of text.matchAll(/mark\d+x/g)) {
        const at = marks.arrived.get(mark)
        if (at === undefined) continue
        marks.arrived.delete(mark)
        requestAnimationFrame(() => setTimeout(() => marks.shown.push(performance.now() - at)))
      }
    }
    new MutationObserver(records => {
      for (const { target, addedNodes } of records) {
        if (target instanceof Text) notice(target.data)
        for (const node of addedNodes) notice(node.textContent ?? '')
      }
    }).observe(document.body, { childList: true, subtree: true, characterData: true })
  })
}

/** Milliseconds since the last time that this was asked, the shortest first. */
async function marksShown(page: Page): Promise<number[]> {
  const times = await page.evaluate(() => {
    const { marks } = window as unknown as { marks: { shown: number[] } }
    return marks.shown.splice(0)
  })
  return times.sort((one, other) => one - other)
}

/** Where the blocks above the last one stand within their message, frame by frame, and whether they stay. */
async function watchBlocks(page: Page) {
  await page.evaluate(() => {
    const blocks = { moved: 0, replaced: 0 }
    Object.assign(window, { blocks })
    let before: { node: Element; top: number }[] = []
    const look = () => {
      const prose = document.querySelector('[role=log] article[data-status=streaming] live-body .prose')
      if (prose) {
        const origin = prose.getBoundingClientRect().top
        const now = [...prose.children]
          .slice(0, -1)
          .map(node => ({ node, top: node.getBoundingClientRect().top - origin }))
        before.forEach(({ node, top }, at) => {
          const same = now[at]
          if (!same) return
          if (same.node !== node) blocks.replaced += 1
          else blocks.moved = Math.max(blocks.moved, Math.abs(same.top - top))
        })
        before = now
      }
      requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
}

function longAnswer(length: number): string {
  let text = ''
  for (let part = 1; text.length < length; part++) {
    text += `## Part ${part}\n\n${words(part, 60)}, **${words(part, 3)}** and [a link](https://example.org/${part}).\n\n`
    text += `\`\`\`ts\n${Array.from({ length: 24 }, (_, at) => `const ${words(at + part, 1)}${at} = await ${words(at, 1)}(${at}, '${words(at, 3)}')`).join('\n')}\n\`\`\`\n\n`
    text += `| name | what | how much |\n|---|---|---:|\n${Array.from({ length: 14 }, (_, at) => `| ${words(at, 1)} | ${words(at + part, 4)} | ${at * part} |`).join('\n')}\n\n`
    text += `${Array.from({ length: 8 }, (_, at) => `- ${words(at + part, 10)}`).join('\n')}\n\n`
  }
  return text.slice(0, length)
}

try {
  for (const [name, play] of Object.entries(scenes))
    if (!ONLY || ONLY.split(',').includes(name)) for (is_watched of [false, true]) await play()
  console.log(`\nload average ${(await Bun.file('/proc/loadavg').text()).split(' ').slice(0, 2).join(' ')}\n`)
  console.log(table(['', 'longest task, ms of the processor', 'frames', 'back, px', 'apart, px', 'lost', 'rows'], rows))
} finally {
  await browser.close()
  await server.stop()
  await provider.stop()
}
process.exit()
