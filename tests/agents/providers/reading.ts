import { createFailures } from '../../../src/server/agents/providers/failures.ts'
import type { ChatListener, Completion } from '../../../src/server/agents/providers/provider.ts'
import { createWireReader } from '../../../src/server/agents/providers/wire.ts'

/** The sizes in which a body is handed over; null is the whole of it at once. */
export const SLICINGS = [null, 1, 3, 7]

/** What a person would have seen written, beside what the completion says at the end. */
export type Heard = Completion & { written: string; thought: string }

export function bytesOf(body: string): Uint8Array {
  return new TextEncoder().encode(body)
}

/** Reads a body that the network cut into pieces of `size` bytes. */
export function readSliced(body: Uint8Array, size: number | null): Heard {
  const cuts: number[] = []
  if (size !== null) for (let at = size; at < body.length; at += size) cuts.push(at)
  return readCut(body, cuts)
}

/** Reads a body that the network cut at these offsets. */
export function readCut(body: Uint8Array, cuts: number[]): Heard {
  let written = ''
  let thought = ''
  const listener: ChatListener = {
    onText: text => {
      written += text
    },
    onReasoning: text => {
      thought += text
    },
  }
  const reader = createWireReader(listener, createFailures('OpenRouter', null))
  const edges = [0, ...cuts, body.length]
  for (const [at, edge] of edges.entries()) {
    if (at > 0) reader.feed(body.slice(edges[at - 1], edge))
  }
  return { ...reader.finish(), written, thought }
}

/** One chunk as a frame of the stream. */
export function frame(chunk: unknown): string {
  return `data: ${JSON.stringify(chunk)}\n\n`
}

/** A frame with one choice. */
export function delta(delta: object, finish: string | null = null, more: object = {}): string {
  return frame({ id: 'gen-1', model: 'maker/model', choices: [{ index: 0, delta, finish_reason: finish }], ...more })
}

export const DONE = 'data: [DONE]\n\n'
