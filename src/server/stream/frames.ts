import type { ControlData, ControlType } from '../../shared/events.ts'
import type { LastingEvent, PassingEvent } from '../events/bus.ts'
import { writePosition } from '../events/position.ts'

/** One event on the wire, encoded once for everybody who gets it. */
export type Frame = { bytes: Uint8Array }

const encoder = new TextEncoder()

/** Data is one line of JSON, whatever it contains: a line break in a message must not end a frame or begin another. */
function encode(type: string, data: unknown, id?: string): Frame {
  return { bytes: encoder.encode(`${id ? `id: ${id}\n` : ''}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`) }
}

export function lastingFrame(epoch: string, event: LastingEvent): Frame {
  return encode(event.type, event.data, writePosition(epoch, event.id))
}

/** Without an id: a client must never resume from what is not in the log. */
export function passingFrame(event: PassingEvent): Frame {
  return encode(event.type, event.data)
}

export function controlFrame<T extends ControlType>(type: T, data: ControlData[T]): Frame {
  return encode(type, data)
}
