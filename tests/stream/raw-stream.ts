import type { Person } from '../support/person.ts'

/** A stream on a bare socket that reads when the test says so, and until then lets the server's bytes pile up. */
export async function openRawStream(port: number, person: Person, path: string, { reading }: { reading: boolean }) {
  let text = ''
  let closed = false
  const decoder = new TextDecoder()
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(_, chunk) {
        text += decoder.decode(chunk, { stream: true })
      },
      close() {
        closed = true
      },
      error() {
        closed = true
      },
    },
  })
  if (!reading) socket.pause()
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${person.token}\r\n\r\n`)

  return {
    /** The `seq` of every message that came, in the order in which they came. */
    seqs: () => [...text.matchAll(/"seq":(\d+),/g)].map(match => Number(match[1])),
    get opened() {
      return text.includes('event: hello')
    },
    get resets() {
      return text.split('event: reset').length - 1
    },
    get closed() {
      return closed
    },
    read() {
      socket.resume()
    },
    leave() {
      socket.terminate()
    },
  }
}

/** Resolves as soon as it holds; a test that waits in vain runs into its own time limit. */
export async function until(holds: () => boolean) {
  while (!holds()) await Bun.sleep(5)
}
