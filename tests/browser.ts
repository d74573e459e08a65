import { existsSync, readdirSync } from 'node:fs'
import { homedir, platform } from 'node:os'
import { join } from 'node:path'

/** The headless build comes first: it draws no window of its own, and pages open in two thirds of the time. */
const NAMES = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
]
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

export type Browser = { path: string; from: string }

/** A browser for the system tests: an installed one, Playwright's, or one that is installed now. Null when there is none to be had. */
export function findOrInstallBrowser(bun: string): Browser | null {
  return findBrowser() ?? (packaged() ? installed() : null) ?? (downloads(bun) ? cached() : null)
}

/** One that is there already. */
export function findBrowser(): Browser | null {
  return installed() ?? cached()
}

function installed(): Browser | null {
  const path = NAMES.map(name => Bun.which(name)).find(Boolean) ?? APPLICATIONS.find(file => existsSync(file))
  return path ? { path, from: 'installed on this machine' } : null
}

/** Where Playwright keeps the browsers that it has downloaded. */
function cached(): Browser | null {
  const home = process.env.PLAYWRIGHT_BROWSERS_PATH ?? cacheFolder()
  if (!existsSync(home)) return null
  const builds = readdirSync(home).filter(name => /^chromium(_headless_shell)?-\d+$/.test(name))
  const files = [
    'chrome-linux/chrome',
    'chrome-linux64/chrome',
    'chrome-linux/headless_shell',
    'chrome-headless-shell-linux64/chrome-headless-shell',
    'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
    'chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
  ]
  for (const build of builds.sort().reverse())
    for (const file of files) {
      const path = join(home, build, file)
      if (existsSync(path)) return { path, from: "in Playwright's cache" }
    }
  return null
}

function cacheFolder(): string {
  return join(homedir(), platform() === 'darwin' ? 'Library/Caches/ms-playwright' : '.cache/ms-playwright')
}

function downloads(bun: string): boolean {
  console.log('No browser found: trying Playwright’s download …')
  return quietly([bun, 'node_modules/playwright-core/cli.js', 'install', 'chromium'])
}

function packaged(): boolean {
  if (process.getuid?.() !== 0 || !Bun.which('apt-get')) return false
  console.log('Installing Chromium with apt-get …')
  return (
    quietly(['apt-get', 'update', '-qq']) &&
    ['chromium-headless-shell', 'chromium'].some(name =>
      quietly(['apt-get', 'install', '-y', '-qq', name, 'fonts-noto-color-emoji']),
    )
  )
}

function quietly(command: string[]): boolean {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, {
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (exitCode !== 0) console.log(`${stdout}${stderr}`.trim().split('\n').slice(-3).join('\n'))
  return exitCode === 0
}
