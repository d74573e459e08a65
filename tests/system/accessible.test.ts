import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { furnish, type House } from '../support/house.ts'
import { batches } from '../support/payloads.ts'
import { play, SCENES, type Scene } from '../support/scenes.ts'
import { launchBrowser, Visitor } from '../support/visitor.ts'

setDefaultTimeout(60_000)

/** As published for browsers: half of what the module itself would have each page read. */
const AXE = await Bun.file(Bun.resolveSync('axe-core/axe.min.js', import.meta.dir)).text()
const WIDE = { viewport: { width: 1440, height: 900 } }
const MIDDLE = { viewport: { width: 1024, height: 768 } }
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

/** Every scene at every size, by every rule in both themes: `AXE=all bun test tests/system/accessible.test.ts`. */
const ALL = process.env.AXE === 'all'

/** What looks different there. */
const ON_A_PHONE = new Set([
  'sign-up',
  'room',
  'room-details',
  'room-picture',
  'message-menu',
  'search',
  'admin-people',
])

let browser: Browser
let house: House
beforeAll(async () => {
  browser = await launchBrowser()
  house = await furnish(browser)
})
afterAll(async () => {
  await browser.close()
  await house.stop()
})

type Size = typeof WIDE | typeof PHONE
type Finding = { rule: string; impact: string; where: string[] }

/** What axe finds: everything by its tags, or one rule only. */
function examine(page: Page, only?: string): Promise<Finding[]> {
  return page.evaluate(async only => {
    const { run } = Reflect.get(window, 'axe') as typeof axe
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    const { violations } = await run(document, {
      runOnly: only ? [only] : { type: 'tag', values: tags },
      resultTypes: ['violations'],
    })
    return violations.map(({ id, impact, nodes }) => ({
      rule: id,
      impact: impact ?? '',
      where: nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`),
    }))
  }, only)
}

async function violationsOf(scene: Scene, size: Size) {
  const is_narrow = size === PHONE
  // The policy keeps foreign scripts out of the page, axe as well: only this test asks for it to be put aside.
  const options = { bypassCSP: true, reducedMotion: 'reduce' as const, ...size }
  const visitor = await Visitor.arrive(browser, house.server.url, scene.name, options)
  const { page } = visitor
  try {
    await play(scene, { house, visitor, page, is_narrow })
    await page.evaluate(AXE)
    // A colour on its way to another one is neither.
    await page.addStyleTag({ content: '* { transition: none !important; animation: none !important }' })
    const dark = await examine(page)
    await page.evaluate(() => {
      document.documentElement.dataset.theme = 'light'
    })
    await visitor.drawn()
    // Of all rules only this one sees a difference.
    const light = await examine(page, ALL ? undefined : 'color-contrast')
    return { scene: scene.name, dark, light }
  } finally {
    await visitor.leave()
  }
}

/** Some at a time, as a machine has more than one core. */
function inGroups(scenes: Scene[]) {
  return batches(scenes, 3).map(group => ({ names: group.map(({ name }) => name).join(', '), group }))
}

async function expectAccessible(scenes: Scene[], size: Size) {
  const found = await Promise.all(scenes.map(scene => violationsOf(scene, size)))
  expect(found).toEqual(scenes.map(({ name }) => ({ scene: name, dark: [], light: [] })))
}

describe('everybody can use, on a desk,', () => {
  const scenes = SCENES.filter(({ narrow }) => !narrow)
  test.each(inGroups(scenes))('$names', ({ group }) => expectAccessible(group, WIDE))
})

// What fits into both of the others as a rule fits here.
if (ALL)
  describe('everybody can use, in between,', () => {
    const scenes = SCENES.filter(({ narrow }) => !narrow)
    test.each(inGroups(scenes))('$names', ({ group }) => expectAccessible(group, MIDDLE))
  })

describe('everybody can use, on a phone,', () => {
  const scenes = SCENES.filter(({ name, narrow }) => ALL || narrow || ON_A_PHONE.has(name))
  test.each(inGroups(scenes))('$names', ({ group }) => expectAccessible(group, PHONE))
})
