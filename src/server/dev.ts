import { BUN, install } from './build.ts'

// The server with reload on :3001 and Vite with hot reload on :5173, which passes /api on to it.
process.chdir(new URL('../..', import.meta.url).pathname)
install()
const io = { stdin: 'inherit', stdout: 'inherit', stderr: 'inherit' } as const
const children = [
  Bun.spawn([BUN, '--watch', '--no-clear-screen', 'src/server/index.ts'], io),
  Bun.spawn([BUN, '--bun', 'node_modules/vite/bin/vite.js', 'src/client'], io),
]
const stop = () => {
  for (const child of children) child.kill()
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
await Promise.race(children.map(child => child.exited))
stop()
