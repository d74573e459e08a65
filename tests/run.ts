import { BUN, build, install } from '../src/server/build.ts'
import { findOrInstallBrowser } from './browser.ts'

/** For each test that does not say itself that it takes longer: what hangs fails, what is slow on a slow machine does not. */
const PATIENCE_MS = 15_000

// `bun run test`: everything that a newcomer needs to see every test pass, then the tests.
process.chdir(new URL('..', import.meta.url).pathname)
install()
build()
const browser = findOrInstallBrowser(BUN)
if (!browser) {
  console.error(
    'The system tests need Chromium or Chrome, and none could be installed. Install one and run this again.',
  )
  process.exit(1)
}
console.log(`Browser: ${browser.path} (${browser.from})`)

const tests = Bun.spawn([BUN, 'test', `--timeout=${PATIENCE_MS}`, ...process.argv.slice(2)], {
  env: { ...process.env, BROWSER_PATH: browser.path },
  stdout: 'inherit',
  stderr: 'pipe',
})
let report = ''
const decoder = new TextDecoder()
for await (const chunk of tests.stderr) {
  process.stderr.write(chunk)
  report += decoder.decode(chunk, { stream: true })
}
const exitCode = await tests.exited
const count = (word: string) =>
  Number(
    report
      .match(new RegExp(`^\\s*(\\d+) ${word}$`, 'gm'))
      ?.at(-1)
      ?.match(/\d+/)?.[0] ?? 0,
  )
const failed = Math.max(count('fail'), exitCode === 0 ? 0 : 1)
const skipped = count('skip')
console.log(`${count('pass')} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`)
process.exit(failed > 0 ? 1 : 0)
