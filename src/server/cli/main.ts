import { existsSync } from 'node:fs'
import { install } from '../build.ts'

// Paths on the command line are meant from where it was typed, everything else from where GroupChat lies.
const from = process.cwd()
process.chdir(new URL('../../..', import.meta.url).pathname)
if (!existsSync('node_modules')) install()
const { run } = await import('./program.ts')
await run(process.argv, from)
