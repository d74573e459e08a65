import type { AiState, StreamEvent } from '../../shared/events.ts'
import type { Message, ToolRun } from '../../shared/messages.ts'
import { createReplyText, type ReplyText } from './reply-text.ts'

/** After a gap that could not be filled, do not ask again at once. */
const ASK_AGAIN_MS = 500

export type Activity = { state: AiState; detail: string | null }

/** A reply while it is being written. The texts grow by themselves; the rest is replaced when it changes. */
type LiveReply = {
  text: ReplyText
  reasoning: ReplyText | null
  activity: Activity | null
  tools: readonly ToolRun[]
}

export type LiveRepliesOptions = {
  /** Asks the server how far a message has come, and lets `notice` know. */
  refresh: (message_id: string) => Promise<unknown>
  changed: () => void
}

/**
 * The replies being written just now. What passes names the message only, and the same message may be answered again:
 * each answer is a run, and with a new run everything begins anew.
 */
export function createLiveReplies({ refresh, changed }: LiveRepliesOptions) {
  const replies = new Map<string, LiveReply>()
  /** The run that each message is known to show. */
  const runs = new Map<string, string>()
  const finished = new Set<string>()
  const asking = new Set<string>()

  const isOver = (id: string) => finished.has(runs.get(id) ?? '')

  function replyTo(id: string): LiveReply {
    const known = replies.get(id)
    if (known) return known
    const reply = { text: createReplyText(), reasoning: null, activity: null, tools: [] }
    replies.set(id, reply)
    return reply
  }

  function change(id: string, change: Partial<LiveReply>) {
    replies.set(id, { ...replyTo(id), ...change })
    changed()
  }

  async function fillGap(id: string) {
    if (asking.has(id)) return
    asking.add(id)
    await refresh(id)
    setTimeout(() => asking.delete(id), ASK_AGAIN_MS)
  }

  function think(id: string, at: number, text: string) {
    const reasoning = replyTo(id).reasoning ?? createReplyText()
    if (!reasoning.add(at, text)) void fillGap(id)
    if (reasoning !== replyTo(id).reasoning) change(id, { reasoning })
  }

  function write(id: string, at: number, text: string) {
    const reply = replyTo(id)
    if (!reply.text.add(at, text)) void fillGap(id)
    if (reply.activity && reply.activity.state !== 'writing') change(id, { activity: WRITING })
  }

  return {
    text: (id: string): ReplyText | null => replies.get(id)?.text ?? null,
    reasoning: (id: string): ReplyText | null => replies.get(id)?.reasoning ?? null,
    activity: (id: string): Activity | null => replies.get(id)?.activity ?? null,
    tools: (id: string): readonly ToolRun[] | null => replies.get(id)?.tools ?? null,

    /** Begins, goes on with or ends a run as its message says. */
    notice({ id, ai, status, content }: Message) {
      if (!ai) return
      const before = runs.get(id)
      if (status !== 'streaming') {
        runs.set(id, ai.run_id)
        finished.add(ai.run_id)
        replies.delete(id)
        return
      }
      if (finished.has(ai.run_id)) return
      if (before && before !== ai.run_id) replies.delete(id)
      runs.set(id, ai.run_id)
      const reply = replyTo(id)
      reply.text.replace(content)
      if (ai.reasoning) think(id, 0, ai.reasoning)
      const unknown = ai.tools.filter(tool => !reply.tools.some(one => one.id === tool.id))
      if (unknown.length) change(id, { tools: [...reply.tools, ...unknown] })
    },

    /** The message is not in the timeline any more; only what is still being written stays known. */
    forget({ id, ai, status }: Message) {
      if (!ai || status === 'streaming') return
      finished.delete(ai.run_id)
      runs.delete(id)
      replies.delete(id)
    },

    apply(event: StreamEvent) {
      const id = 'message_id' in event.data ? event.data.message_id : null
      if (id === null || isOver(id)) return
      if (event.type === 'message.delta') write(id, event.data.at, event.data.text)
      else if (event.type === 'message.snapshot') replyTo(id).text.replace(event.data.text)
      else if (event.type === 'ai.reasoning') think(id, event.data.at, event.data.text)
      else if (event.type === 'ai.tool') change(id, { tools: withTool(replyTo(id).tools, event.data.tool) })
      else if (event.type === 'ai.status') {
        const { state, detail } = event.data
        change(id, { activity: { state, detail } })
      }
    },
  }
}

const WRITING: Activity = { state: 'writing', detail: null }

/** Several run side by side, each known by its id. One that has ended does not begin again. */
function withTool(tools: readonly ToolRun[], tool: ToolRun): readonly ToolRun[] {
  const known = tools.find(one => one.id === tool.id)
  if (!known) return [...tools, tool]
  if (known.status !== 'running' && tool.status === 'running') return tools
  return tools.map(one => (one === known ? tool : one))
}
