import { afterEach, expect, test } from 'bun:test'
import { join } from 'node:path'

const LONG_MS = 600_000

let child: ReturnType<typeof start>['child'] | undefined
afterEach(() => child?.kill('SIGKILL'))

/** A process that says what it does, and whose way of stopping is given as code. */
function start(stop: string, within_ms = LONG_MS) {
  const code = `import { stopOnSignals } from '${join(import.meta.dir, '../src/server/signals.ts')}'
    stopOnSignals(() => { console.log('stopping'); return ${stop} }, ${within_ms})
    setInterval(() => {}, ${LONG_MS})
    console.log('ready')`
  const child = Bun.spawn([process.execPath, '-e', code], { stdout: 'pipe', stderr: 'inherit' })
  const reader = child.stdout.getReader()
  const decoder = new TextDecoder()
  let said = ''
  async function says(word: string) {
    while (!said.includes(word)) {
      const { done, value } = await reader.read()
      if (done) throw new Error(`it ended, and said only "${said}"`)
      said += decoder.decode(value, { stream: true })
    }
  }
  return { child, says }
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s stops in good order', async signal => {
  const started = start('Bun.sleep(50)')
  child = started.child
  await started.says('ready')
  child.kill(signal)
  expect(await child.exited).toBe(0)
})

test('a second signal ends what does not come to its end', async () => {
  const started = start('new Promise(() => {})')
  child = started.child
  await started.says('ready')
  child.kill('SIGTERM')
  await started.says('stopping')
  expect(child.exitCode).toBe(null)
  child.kill('SIGINT')
  expect(await child.exited).toBe(1)
})

test('so does time', async () => {
  const started = start('new Promise(() => {})', 50)
  child = started.child
  await started.says('ready')
  child.kill('SIGTERM')
  expect(await child.exited).toBe(1)
})
