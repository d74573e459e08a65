import { connect, createServer, type Socket } from 'node:net'

export type Line = Awaited<ReturnType<typeof startProxy>>

/** Between clients and server: cuts connections at any byte, and loses answers that the server has given. */
export async function startProxy(target: string) {
  const { hostname, port } = new URL(target)
  const pairs = new Set<{ near: Socket; far: Socket; left: number; deaf: boolean }>()
  let cuts = 0
  let lost = 0

  const server = createServer(near => {
    const far = connect(Number(port), hostname)
    const pair = { near, far, left: Number.POSITIVE_INFINITY, deaf: false }
    const end = () => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    pairs.add(pair)
    for (const socket of [near, far]) {
      socket.setNoDelay(true)
      socket.on('error', end)
      socket.on('close', end)
    }
    near.on('data', (bytes: Buffer) => far.write(bytes))
    far.on('data', (bytes: Buffer) => {
      if (pair.deaf) {
        lost++
        return end()
      }
      if (bytes.length < pair.left) {
        pair.left -= bytes.length
        near.write(bytes)
        return
      }
      cuts++
      near.write(bytes.subarray(0, pair.left), end)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()

  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    get figures() {
      return { cuts, lost }
    },
    /** Lets so many more bytes through to each client, `random` of at most `most`, and then cuts it off. */
    cut(random: () => number, most: number) {
      for (const pair of pairs) pair.left = Math.floor(random() * most)
    },
    /** The next answer on each connection is lost: done, but nobody learns of it. */
    loseAnswers() {
      for (const pair of pairs) pair.deaf = true
    },
    async stop() {
      for (const { near, far } of pairs) {
        near.destroy()
        far.destroy()
      }
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}
