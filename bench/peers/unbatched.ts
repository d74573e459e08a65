/**
 * The peer of the fan-out: as little of a server as can be, in the same Bun. Each event is encoded once, as ours is, but
 * written to each stream by itself; there is no database, no session and no room.
 */
type DirectController = { write(bytes: Uint8Array): unknown; flush(): unknown }

const streams = new Set<DirectController>()
const encoder = new TextEncoder()
let seq = 0

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.env.PORT),
  development: false,
  routes: {
    '/readyz': () => new Response('ready'),
    '/events': (request, server) => {
      server.timeout(request, 0)
      let own: DirectController | null = null
      const source = {
        type: 'direct' as const,
        pull(controller: DirectController) {
          own = controller
          controller.write(encoder.encode(': hello\n\n'))
          controller.flush()
          streams.add(controller)
        },
        cancel: () => own && streams.delete(own),
      }
      // The types know only the standard controller.
      const stream = new ReadableStream(source as unknown as UnderlyingDefaultSource)
      return new Response(stream, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
    },
    '/post': {
      POST: async request => {
        const { content } = (await request.json()) as { content: string }
        seq++
        // About as long as a message of ours.
        const message = { id: Bun.randomUUIDv7(), seq, hash: 'f'.repeat(64), content, pad: '-'.repeat(330) }
        const frame = encoder.encode(`id: ${seq}\nevent: message.created\ndata: ${JSON.stringify({ message })}\n\n`)
        for (const stream of streams) {
          stream.write(frame)
          stream.flush()
        }
        return Response.json({ message }, { status: 201 })
      },
    },
  },
})
