import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Bun itself, also when it was started by npx and stands on no PATH. */
export const BUN = process.execPath

const STAMP = 'dist/client/.built'

/** Installs what bun.lock names. Takes milliseconds when it is all there. */
export function install() {
  run([BUN, 'install', '--frozen-lockfile'], 'Installing the dependencies failed.')
}

/** Builds the client, unless what is there was built from these very sources. */
export function build() {
  const fingerprint = fingerprintOf(['src/client', 'src/shared', 'bun.lock'])
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint) return
  console.log('Building the client …')
  run(
    [BUN, '--bun', 'node_modules/vite/bin/vite.js', 'build', 'src/client', '--logLevel', 'warn'],
    'Building the client failed.',
  )
  writeFileSync(STAMP, fingerprint)
}

function run(command: string[], complaint: string) {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { stdout: 'pipe', stderr: 'pipe' })
  if (exitCode === 0) return
  console.error(`${stdout}${stderr}${complaint}`)
  process.exit(1)
}

function fingerprintOf(paths: string[]): string {
  const hash = new Bun.CryptoHasher('sha256')
  const files = paths.flatMap(path =>
    path.includes('.')
      ? [path]
      : readdirSync(path, { recursive: true, withFileTypes: true })
          .filter(entry => entry.isFile())
          .map(entry => join(entry.parentPath, entry.name)),
  )
  for (const file of files.sort()) hash.update(file).update(readFileSync(file))
  return hash.digest('hex')
}
