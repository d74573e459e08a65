import type { Message } from '../../shared/messages.ts'
import type { Api } from '../api.ts'

/** What I asked for about a reply: what is still on its way, or why it was refused. */
export type ReplyRequest = { doing: 'stop' | 'regenerate' | 'choose' | null; problem: string | null }

export type ReplyRequestsOptions = {
  api: Pick<Api, 'stop' | 'regenerate' | 'chooseVersion'>
  take: (message: Message) => void
  changed: () => void
}

/** Stopping a reply, asking again, and choosing among the answers: one request a message at a time. */
export function createReplyRequests({ api, take, changed }: ReplyRequestsOptions) {
  const requests = new Map<string, ReplyRequest>()

  async function ask(id: string, doing: ReplyRequest['doing'], call: () => Promise<{ message: Message }>) {
    if (requests.get(id)?.doing) return
    requests.set(id, { doing, problem: null })
    changed()
    try {
      const { message } = await call()
      // The end of a reply that is being stopped is told by the stream.
      if (doing !== 'stop' || message.status !== 'streaming') requests.delete(id)
      take(message)
    } catch (error) {
      requests.set(id, { doing: null, problem: error instanceof Error ? error.message : String(error) })
    }
    changed()
  }

  return {
    of: (id: string): ReplyRequest | null => requests.get(id) ?? null,
    /** What was refused before the message changed is of no interest any more, and what ended is stopped. */
    notice(message: Message) {
      const request = requests.get(message.id)
      if (!request) return
      if (!request.doing || (request.doing === 'stop' && message.status !== 'streaming')) requests.delete(message.id)
    },
    /** Null: what was told is of no interest any more. */
    tell(id: string, problem: string | null) {
      if (problem) requests.set(id, { doing: null, problem })
      else if (!requests.get(id)?.doing) requests.delete(id)
      changed()
    },
    stop: (id: string) => ask(id, 'stop', () => api.stop(id)),
    regenerate: (id: string, model_id?: string) => ask(id, 'regenerate', () => api.regenerate(id, model_id)),
    choose: (id: string, version: number) => ask(id, 'choose', () => api.chooseVersion(id, version)),
  }
}
