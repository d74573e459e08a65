import { createParser } from 'eventsource-parser'
import type { Message } from '../../src/shared/messages.ts'
import type { Person } from '../support/person.ts'

const AGAIN_MS = 10

/**
 * Posts one message after the other. An answer that did not come leaves it open whether the message was stored, so it is
 * posted again under the same `client_id` until there is one.
 */
export function startWriter(person: Person, room_id: string, name: string, pause_ms: number) {
  const acknowledged: Message[] = []
  let stopping = false

  async function insist(client_id: string): Promise<Message> {
    for (;;) {
      const draft = { content: `This is ${client_id}.`, client_id }
      const answer = await person
        .call<{ message: Message }>('POST', `/api/rooms/${room_id}/messages`, draft)
        .catch(() => null)
      if (answer && answer.status !== 200 && answer.status !== 201)
        throw new Error(`${client_id} was answered ${answer.status}: ${JSON.stringify(answer.body)}`)
      if (answer) return answer.body.message
      await Bun.sleep(AGAIN_MS)
    }
  }

  const finished = (async () => {
    for (let n = 1; !stopping; n++) {
      acknowledged.push(await insist(`${name}-${n}`))
      await Bun.sleep(pause_ms)
    }
  })()

  return {
    acknowledged,
    /** Resolves when the last message has been acknowledged. */
    async stop() {
      stopping = true
      await finished
    },
  }
}

/** Reads a stream and, whenever it breaks, goes on from the last id that it got. */
export function startReader(person: Person, path: string, room_id: string, cursor: string) {
  const messages: Message[] = []
  let resets = 0
  let last = cursor
  const leaving = new AbortController()

  const parser = () =>
    createParser({
      onEvent({ event, id, data }) {
        if (id) last = id
        if (event === 'reset') resets++
        if (event !== 'message.created') return
        const { message } = JSON.parse(data) as { message: Message }
        if (message.room_id === room_id) messages.push(message)
      },
    })

  async function readOnce() {
    const { feed } = parser()
    const decoder = new TextDecoder()
    const headers = { ...person.headers, 'last-event-id': last }
    const response = await fetch(`${person.url}${path}`, { headers, signal: leaving.signal })
    for await (const chunk of response.body ?? []) feed(decoder.decode(chunk, { stream: true }))
  }

  const finished = (async () => {
    while (!leaving.signal.aborted) {
      await readOnce().catch(() => undefined)
      await Bun.sleep(AGAIN_MS)
    }
  })()

  return {
    messages,
    get resets() {
      return resets
    },
    async stop() {
      leaving.abort()
      await finished
    },
  }
}
