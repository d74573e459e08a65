import net from 'node:net'
import { createWebFetch, type WebFetchOptions } from '../../../../src/server/agents/tools/fetch/web-fetch.ts'
import type { ToolContext } from '../../../../src/server/agents/tools/tool.ts'

/** Speaks raw bytes, so that it can also say what no HTTP server would; remembers who came. */
export async function openSite(answer: (socket: net.Socket, request: string) => void, address = '127.0.0.1', port = 0) {
  const requests: string[] = []
  const sockets = new Set<net.Socket>()
  let connections = 0
  const server = net.createServer(socket => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.once('data', bytes => {
      requests.push(bytes.toString())
      answer(socket, bytes.toString())
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject)
    server.listen(port, address, resolve)
  })
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('The site has no port')
  return {
    port: bound.port,
    requests,
    connections: () => connections,
    open: () => sockets.size,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

export type Site = Awaited<ReturnType<typeof openSite>>

export function answerOf(body: string | Uint8Array, headers: Record<string, string> = {}, status = '200 OK'): Buffer {
  const bytes = Buffer.from(body)
  const all = { 'Content-Type': 'text/plain', 'Content-Length': String(bytes.length), ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`), bytes])
}

export const redirectTo = (location: string, status = 302) => answerOf('', { Location: location }, `${status} Redirect`)

/** The path that a request asks for. */
export const pathOf = (request: string) => request.split(' ', 2)[1] ?? ''

/** Everything that was opened in a test file; `afterAll(opened.close)`. */
export function createOpened() {
  const closers: (() => void)[] = []
  return {
    async site(answer: (socket: net.Socket, request: string) => void, address?: string, port?: number) {
      const site = await openSite(answer, address, port)
      closers.push(site.close)
      return site
    },

    /** A `web_fetch` that reaches the given sites on 127.0.0.1. */
    webFetch(sites: Site[], options: WebFetchOptions = {}) {
      const allow = [...sites.map(({ port }) => ({ host: '127.0.0.1', port })), ...(options.allow ?? [])]
      const tool = createWebFetch({ resolve: () => Promise.reject(new Error('No names here')), ...options, allow })
      closers.push(tool.close)
      return tool
    },

    close: () => {
      for (const close of closers) close()
    },
  }
}

export function contextOf(parts: Partial<ToolContext> = {}): ToolContext {
  return { signal: new AbortController().signal, mayOpen: () => true, ...parts }
}

/** What a call answered, or the words in which it failed. */
export async function wordsOf(work: Promise<{ text: string }>): Promise<string> {
  try {
    return (await work).text
  } catch (error) {
    return error instanceof Error ? `${error.constructor.name}: ${error.message}` : String(error)
  }
}
