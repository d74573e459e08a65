import type { AiState } from '../../shared/events.ts'
import type { AiRun, ToolRun } from '../../shared/messages.ts'
import type { Bus } from '../events/bus.ts'
import type { Turn } from './agent.ts'

/** Pieces are gathered for about two frames of a screen: a write a token would cost every reader a packet each. */
const GATHER_MS = 33
/** How often what has grown is kept on disk. */
const CHECKPOINT_MS = 250

export type Reply = ReturnType<typeof createReply>
export type Growing = { content: string; ai: AiRun }

/**
 * A reply while it grows: its text, what the model thinks aloud, its tools. The room is told piece by piece, and it is
 * kept now and then in case of a crash.
 */
export function createReply(
  bus: Bus,
  { room_id, message }: Turn,
  run: AiRun,
  keep: (so_far: Growing) => Promise<void>,
) {
  const message_id = message.id
  const text = createTeller((at, piece) => {
    bus.publish({
      kind: 'passing',
      event: { type: 'message.delta', room_id, data: { room_id, message_id, at, text: piece } },
    })
  })
  const reasoning = createTeller((at, piece) => {
    bus.publish({
      kind: 'passing',
      event: { type: 'ai.reasoning', room_id, data: { room_id, message_id, at, text: piece } },
    })
  })
  const tools = new Map<string, ToolRun>()
  let changed = false
  let keeping = Promise.resolve()
  const keeper = setInterval(checkpoint, CHECKPOINT_MS)

  function growing(): Growing {
    return { content: text.all, ai: { ...run, reasoning: reasoning.all || null, tools: [...tools.values()] } }
  }

  function checkpoint() {
    if (!changed) return
    changed = false
    // A failed checkpoint costs nothing unless the process dies too; the end of the reply writes everything.
    keeping = keeping.then(() => keep(growing())).catch(() => undefined)
  }

  return {
    get text() {
      return text.all
    },
    get reasoning() {
      return reasoning.all || null
    },
    get tools() {
      return [...tools.values()]
    },
    append(piece: string) {
      changed = true
      text.append(piece)
    },
    think(piece: string) {
      changed = true
      reasoning.append(piece)
    },
    /** A tool begins or has ended. Resolves when that is on disk: whatever happens then, everybody knows that it was run. */
    tool(tool: ToolRun): Promise<void> {
      tools.set(tool.id, tool)
      changed = true
      bus.publish({ kind: 'passing', event: { type: 'ai.tool', room_id, data: { room_id, message_id, tool } } })
      checkpoint()
      return keeping
    },
    say(state: AiState, detail: string | null = null) {
      bus.publish({
        kind: 'passing',
        event: { type: 'ai.status', room_id, data: { room_id, message_id, state, detail } },
      })
    },
    /** Tells what is left and resolves when nothing of this reply is being written any more. */
    async end() {
      clearInterval(keeper)
      text.flush()
      reasoning.flush()
      await keeping
    },
  }
}

/** Gathers a growing text and tells it in pieces, the first one at once. */
function createTeller(tell: (at: number, piece: string) => void) {
  let all = ''
  let told = 0
  let gathering: ReturnType<typeof setTimeout> | null = null

  function flush() {
    if (gathering) clearTimeout(gathering)
    gathering = null
    if (told === all.length) return
    const at = told
    told = all.length
    tell(at, all.slice(at))
  }

  return {
    get all() {
      return all
    },
    append(piece: string) {
      all += piece
      if (told === 0) flush()
      else gathering ??= setTimeout(flush, GATHER_MS)
    },
    flush,
  }
}
