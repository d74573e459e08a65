import { build, install } from './build.ts'

// Needs nothing that is not in Bun itself: this file runs before anything is installed.
process.chdir(new URL('../..', import.meta.url).pathname)
if (!Bun.semver.satisfies(Bun.version, '>=1.4.4')) {
  console.error(`GroupChat needs Bun 1.4.4 or newer; this is ${Bun.version}. Try: npx -y bun@1.4.4 run start`)
  process.exit(1)
}
install()
if (!process.env.STATIC_DIR) build()
await import('./index.ts')
