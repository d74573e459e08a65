import type { Message } from '../../shared/messages.ts'
import type { Bus, LastingEvent, PassingEvent } from '../events/bus.ts'

/** Longer than a run may take: whoever wrote a reply that says nothing for so long has gone without a word. */
const FORGOTTEN_AFTER_MS = 10 * 60_000

type Running = {
  room_id: string
  /** Null until the message itself was heard of. */
  run_id: string | null
  text: string
  reasoning: string
  status: PassingEvent | null
  tools: Map<string, PassingEvent>
  heardAt: number
}

/** The text of every reply that is being written, its reasoning and its tools, for whoever comes in the middle. Learnt from the bus like everybody else. */
export function createSnapshots(bus: Bus, now: () => number = Date.now) {
  /** By message, the one that was heard of last at the end. */
  const running = new Map<string, Running>()

  const unsubscribe = bus.subscribe(signal => {
    if (signal.kind === 'passing') hear(signal.event)
    else if (signal.kind === 'lasting') notice(signal.event)
  })

  function notice(event: LastingEvent) {
    if (event.type === 'message.created' || event.type === 'message.updated') noticeRun(event.data.message)
    else if (event.type === 'message.deleted') running.delete(event.data.message_id)
    else if (event.type === 'room.deleted' || event.type === 'room.cleared') forgetRoom(event.data.room_id)
  }

  /** A reply ends with its message. The same message may be written anew, which is another run and begins empty. */
  function noticeRun({ id, room_id, status, ai }: Message) {
    const known = running.get(id)
    if (status !== 'streaming' || (known?.run_id && known.run_id !== ai?.run_id)) running.delete(id)
    if (status === 'streaming' && ai) begin(room_id, id).run_id = ai.run_id
  }

  function hear(event: PassingEvent) {
    if (event.type === 'message.delta') {
      const { room_id, message_id, at, text } = event.data
      const known = begin(room_id, message_id)
      if (at <= known.text.length) known.text = known.text.slice(0, at) + text
    } else if (event.type === 'message.snapshot') {
      begin(event.data.room_id, event.data.message_id).text = event.data.text
    } else if (event.type === 'ai.reasoning') {
      const { room_id, message_id, at, text } = event.data
      const known = begin(room_id, message_id)
      if (at <= known.reasoning.length) known.reasoning = known.reasoning.slice(0, at) + text
    } else if (event.type === 'ai.tool') {
      begin(event.data.room_id, event.data.message_id).tools.set(event.data.tool.id, event)
    } else if (event.type === 'ai.status') {
      begin(event.data.room_id, event.data.message_id).status = event
    }
  }

  function begin(room_id: string, message_id: string): Running {
    forgetSilent()
    const heard = { ...(running.get(message_id) ?? unheard(room_id)), heardAt: now() }
    running.delete(message_id)
    running.set(message_id, heard)
    return heard
  }

  function forgetSilent() {
    for (const [message_id, { heardAt }] of running) {
      if (now() - heardAt < FORGOTTEN_AFTER_MS) return
      running.delete(message_id)
    }
  }

  function forgetRoom(room_id: string) {
    for (const [message_id, reply] of running) if (reply.room_id === room_id) running.delete(message_id)
  }

  return {
    /** What a newcomer to this room has to be told, in the order in which to tell it. */
    of(room_id: string): PassingEvent[] {
      forgetSilent()
      const events: PassingEvent[] = []
      for (const [message_id, reply] of running) {
        if (reply.room_id !== room_id) continue
        if (reply.status) events.push(reply.status)
        if (reply.reasoning)
          events.push({ type: 'ai.reasoning', room_id, data: { room_id, message_id, at: 0, text: reply.reasoning } })
        events.push(...reply.tools.values())
        if (reply.text)
          events.push({ type: 'message.snapshot', room_id, data: { room_id, message_id, text: reply.text } })
      }
      return events
    },
    stop: unsubscribe,
  }
}

function unheard(room_id: string): Omit<Running, 'heardAt'> {
  return { room_id, run_id: null, text: '', reasoning: '', status: null, tools: new Map() }
}
