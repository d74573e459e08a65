import { mkdir, rm } from 'node:fs/promises'
import { BUN, build } from '../src/server/build.ts'
import { findOrInstallBrowser } from './browser.ts'
import { furnish } from './support/house.ts'
import { play, SCENES, type Scene } from './support/scenes.ts'
import { launchBrowser, Visitor } from './support/visitor.ts'

/** Every page in every state, as people see it: `bun run screenshots`, or with the names of some scenes or one width behind it. */

const FOLDER = 'screenshots'
const SIZES = [
  [1440, 900],
  [1024, 768],
  [390, 844],
] as const
/** Below this everything stands in one column. */
const NARROW = 720

process.chdir(new URL('..', import.meta.url).pathname)
const wanted = process.argv.slice(2).filter(word => !/^\d+$/.test(word))
const only = Number(process.argv.slice(2).find(word => /^\d+$/.test(word)) ?? 0)
const scenes = SCENES.filter(({ name }) => !wanted.length || wanted.some(word => name.includes(word)))
if (!process.env.BROWSER_PATH) process.env.BROWSER_PATH = findOrInstallBrowser(BUN)?.path
build()
if (!wanted.length && !only) await rm(FOLDER, { recursive: true, force: true })
await mkdir(FOLDER, { recursive: true })

const browser = await launchBrowser()
const house = await furnish(browser)
const problems: string[] = []
for (const [width, height] of SIZES.filter(([width]) => !only || width === only)) {
  for (const scene of scenes) {
    if (scene.narrow && width > NARROW) continue
    await picture(scene, width, height).catch(error => problems.push(`${scene.name} ${width}: ${error}`))
  }
}
await browser.close()
await house.stop()
for (const problem of problems) console.error(problem)
console.log(`${scenes.length} scenes are in ${FOLDER}/${problems.length ? `, ${problems.length} problems` : ''}`)
process.exit(problems.length ? 1 : 0)

async function picture(scene: Scene, width: number, height: number) {
  const is_narrow = width <= NARROW
  const visitor = await Visitor.arrive(browser, house.server.url, scene.name, {
    viewport: { width, height },
    reducedMotion: 'reduce',
    ...(is_narrow && { hasTouch: true, isMobile: true, deviceScaleFactor: 2 }),
  })
  const { page } = visitor
  try {
    await play(scene, { house, visitor, page, is_narrow })
    for (const theme of ['dark', 'light']) {
      await page.evaluate(theme => {
        document.documentElement.dataset.theme = theme
      }, theme)
      // Those out of sight may wait.
      await visitor.until(
        () => [...document.images].every(image => image.complete || image.getBoundingClientRect().bottom < 0),
        null,
      )
      await visitor.drawn()
      await page.screenshot({ animations: 'disabled', path: `${FOLDER}/${scene.name}-${width}-${theme}.png` })
    }
  } finally {
    await visitor.leave()
  }
}
