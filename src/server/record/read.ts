import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'

/** The lines of a part, compressed or not; `whole` is false for a last line that was torn. */
export async function* linesOf(path: string): AsyncGenerator<{ text: string; whole: boolean }> {
  const bytes = createReadStream(path)
  const stream = path.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes
  bytes.on('error', error => stream.destroy(error))
  const decoder = new TextDecoder()
  let rest = ''
  for await (const block of stream) {
    const lines = (rest + decoder.decode(block as Buffer, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const text of lines) yield { text, whole: true }
  }
  rest += decoder.decode()
  if (rest) yield { text: rest, whole: false }
}
