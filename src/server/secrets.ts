import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The configured signing secret, else one that is made at the first start and kept, readable by its owner alone. */
export function jwtSecret(configured: string | undefined, dataDir: string): string {
  if (configured) return configured
  const file = join(dataDir, '.jwt-secret')
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true })
    const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(48))).toString('base64url')
    writeFileSync(file, secret, { mode: 0o600, flag: 'wx' })
  }
  const secret = readFileSync(file, 'utf8').trim()
  if (secret.length < 32)
    throw new Error(`${file} is damaged: delete it to make a new one (everybody has to sign in again)`)
  return secret
}
