/** A worker that misbehaves on demand: the text of the job says how. */
declare const self: Worker

const me = crypto.randomUUID()

self.onmessage = ({ data: { bytes, kind } }: MessageEvent<{ bytes: Uint8Array; kind: string }>) => {
  const wish = new TextDecoder().decode(bytes)
  if (wish === `hang ${kind}` || wish === 'hang') for (;;);
  if (wish === `throw ${kind}` || wish === 'throw') throw new Error('as wished')
  if (wish === 'exit') process.exit(1)
  if (wish === 'grow') {
    const kept: Uint8Array[] = []
    for (;;) kept.push(new Uint8Array(1_000_000).fill(1))
  }
  if (wish === 'die later') setTimeout(() => process.exit(1), 10)
  if (wish === 'problem') self.postMessage({ problem: 'Not today.' })
  else self.postMessage({ page: { title: me, text: `${kind}: ${wish}, ${Object.keys(process.env).length} variables` } })
}

export {}
