import type { ServerResponse } from 'node:http'
import { piecesOf, type Script } from './script.ts'
import type { Dialect } from './wire.ts'

/** Plays a script into a response. `gone` settles when nobody listens any more, or the server stops. */
export async function play(script: Script, dialect: Dialect, response: ServerResponse, gone: AbortSignal) {
  if (script.refuse) return refuse(script.refuse, response)
  if (script.cutAt === 0) return void response.destroy()
  if (script.raw) return replay(script.raw, response, gone)
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
  response.flushHeaders()
  const write = (chunk: object) => response.write(`data: ${JSON.stringify(chunk)}\n\n`)

  if (dialect.comment) for (let n = 0; n < (script.comments ?? 1); n++) response.write(`: ${dialect.comment}\n\n`)
  for await (const piece of piecesOf(script.reasoning ?? '')) {
    if (await waited(script.pace, gone)) return
    write(dialect.reasoning(piece))
  }
  let count = 0
  for await (const piece of piecesOf(script.text ?? '')) {
    if (stopsAt(count)) break
    if (await waited(script.pace, gone)) return
    write(dialect.text(piece))
    count++
  }
  if (script.cutAt !== undefined) {
    // What was written has to be on its way before the connection goes.
    await waited(5, gone)
    return void response.destroy()
  }
  if (script.stallAt !== undefined) return await forever(gone)
  if (script.breakAt) return void response.end(`data: ${JSON.stringify(dialect.error(script.breakAt.error))}\n\n`)
  for (const chunk of [...dialect.toolCalls(), ...dialect.end()]) write(chunk)
  response.end('data: [DONE]\n\n')

  function stopsAt(at: number): boolean {
    return [script.cutAt, script.stallAt, script.breakAt?.piece].some(end => end !== undefined && at >= end)
  }
}

export function refuse({ status, body, headers }: NonNullable<Script['refuse']>, response: ServerResponse) {
  const isPage = typeof body === 'string'
  response.writeHead(status, { 'Content-Type': isPage ? 'text/html' : 'application/json', ...headers })
  response.end(isPage ? body : JSON.stringify(body))
}

async function replay(raw: NonNullable<Script['raw']>, response: ServerResponse, gone: AbortSignal) {
  const body = typeof raw.body === 'string' ? new TextEncoder().encode(raw.body) : raw.body
  response.writeHead(200, { 'Content-Type': 'text/event-stream', ...raw.headers })
  let at = 0
  for (const edge of [...edgesOf(raw.slice, body.length), body.length]) {
    response.write(body.subarray(at, edge))
    at = edge
    // A turn of the event loop at least, so that the slice is a packet of its own.
    await new Promise(resolve => setImmediate(resolve))
    if (await waited(raw.pace, gone)) return
  }
  response.end()
}

function edgesOf(slice: number | number[] = [], length: number): number[] {
  if (Array.isArray(slice)) return slice
  return Array.from({ length: Math.floor((length - 1) / slice) }, (_, at) => (at + 1) * slice)
}

/** True when the listener went away meanwhile. */
async function waited(ms = 0, gone: AbortSignal): Promise<boolean> {
  if (ms > 0) await Promise.race([Bun.sleep(ms), forever(gone)])
  return gone.aborted
}

function forever(gone: AbortSignal): Promise<void> {
  if (gone.aborted) return Promise.resolve()
  return new Promise(resolve => gone.addEventListener('abort', () => resolve(), { once: true }))
}
