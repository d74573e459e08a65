import type { Bus, PassingEvent, Signal } from '../events/bus.ts'

type Running = {
  room_id: string
  text: string
  reasoning: string
  status: PassingEvent | null
  tools: Map<string, PassingEvent>
}

/** The text of every reply that is being written, its reasoning and its tools, for whoever comes in the middle. Learnt from the bus like everybody else. */
export function createSnapshots(bus: Bus) {
  const running = new Map<string, Running>()

  const unsubscribe = bus.subscribe((signal: Signal) => {
    if (signal.kind === 'passing') hear(signal.event)
    else if (signal.kind === 'lasting' && signal.event.type === 'message.updated') {
      const { message } = signal.event.data
      if (message.status !== 'streaming') running.delete(message.id)
    }
  })

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
    const known = running.get(message_id) ?? { room_id, text: '', reasoning: '', status: null, tools: new Map() }
    running.set(message_id, known)
    return known
  }

  return {
    /** What a newcomer to this room has to be told, in the order in which to tell it. */
    of(room_id: string): PassingEvent[] {
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
