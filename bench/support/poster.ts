import type { Socket } from 'bun'

/** An answer as far as a bench needs it. */
export type Posted = { status: number; body: string }

export type Poster = Awaited<ReturnType<typeof openPoster>>

/**
 * One keep-alive connection that posts JSON, one request at a time, in HTTP/1.1 written by hand: `fetch` would cost more
 * than what it measures.
 */
export async function openPoster(port: number, token: string) {
  let received = ''
  let waiting: { resolve: (posted: Posted) => void; reject: (error: Error) => void } | null = null
  const fail = (error: Error) => {
    waiting?.reject(error)
    waiting = null
  }
  const socket: Socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(_, chunk) {
        received += chunk.toString('latin1')
        const posted = answerIn(received)
        if (!posted) return
        received = ''
        const { resolve } = waiting ?? { resolve() {} }
        waiting = null
        resolve(posted)
      },
      close: () => fail(new Error('The server closed the connection')),
      error: (_, error) => fail(error),
    },
  })

  return {
    post(path: string, body: string): Promise<Posted> {
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        socket.write(
          `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n` +
            `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
        )
      })
    },
    close: () => socket.end(),
  }
}

/** The whole answer, once it is all there. The server names the length of every JSON answer. */
function answerIn(received: string): Posted | null {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return null
  const head = received.slice(0, end)
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? Number.NaN)
  if (Number.isNaN(length)) throw new Error(`An answer without a length:\n${head}`)
  if (received.length < end + 4 + length) return null
  return { status: Number(head.slice(9, 12)), body: received.slice(end + 4) }
}
