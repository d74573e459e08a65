import type { Message, ToolRun } from '../../../shared/messages.ts'
import type { Activity } from '../../stores/live-replies.ts'
import type { Delivery, Entry } from '../../stores/message-list.ts'
import type { ReplyRequest } from '../../stores/reply-requests.ts'
import type { ReplyText } from '../../stores/reply-text.ts'
import type { Timeline } from '../../stores/timeline.ts'
import { dayOf } from './times.ts'

const GROUPED_MS = 5 * 60_000

/** Everything a row shows. The object stays the same for as long as that does, so rows can tell by a glance. */
export type Row = {
  key: string
  message: Message
  delivery: Delivery
  problem: string | null
  /** Whether another try may mend it. */
  retriable: boolean
  /** The words of a day line above it. */
  day: string | null
  /** Whether the "New" line stands above it. */
  is_new: boolean
  /** Whether it goes on from the row above: same author, within minutes. */
  continued: boolean
  activity: Activity | null
  live: ReplyText | null
  reasoning: ReplyText | null
  tools: readonly ToolRun[]
  /** What it replies to: null where that is gone, undefined where it is not known yet or replies to nothing. */
  quoted: Message | null | undefined
  /** Whether I am giving it another text. */
  editing: boolean
  /** What I asked for about it. */
  request: ReplyRequest | null
}

/** What is known of replies beyond their messages. */
export type Replies = Pick<Timeline, 'live' | 'reasoning' | 'activity' | 'tools' | 'quoted' | 'request'>

export type RowSources = {
  entries: readonly Entry[]
  /** Whether there is more before them that is not loaded. */
  more_before: boolean
  /** What I had read when I came, null when there was nothing new. */
  read_seq: number | null
  me: string
  replies: Replies
  /** The message that I am editing. */
  editing?: string | null
  today: Date
}

const NONE: readonly ToolRun[] = []

/** Turns entries into rows and keeps those that are as they were. */
export function createRows() {
  let known = new Map<string, Row>()

  return (sources: RowSources): Row[] => {
    const rows: Row[] = []
    let above: Message | null = null
    let line_drawn = sources.read_seq === null || isLineAbove(sources)
    for (const { key, message, delivery, problem, retriable } of sources.entries) {
      const day =
        above && localDay(above) === localDay(message) ? null : dayOf(new Date(message.timestamp), sources.today)
      const is_new = !line_drawn && message.seq > (sources.read_seq ?? 0) && message.sender_id !== sources.me
      if (is_new) line_drawn = true
      const continued = !day && !is_new && above !== null && goesOn(above, message)
      const streaming = message.status === 'streaming'
      const row: Row = {
        key,
        message,
        delivery,
        problem,
        retriable,
        day,
        is_new,
        continued,
        activity: streaming ? sources.replies.activity(message.id) : null,
        live: streaming ? sources.replies.live(message.id) : null,
        reasoning: streaming ? sources.replies.reasoning(message.id) : null,
        tools: (streaming ? sources.replies.tools(message.id) : null) ?? message.ai?.tools ?? NONE,
        quoted: message.reply_to ? sources.replies.quoted(message.reply_to) : undefined,
        editing: message.id !== '' && message.id === sources.editing,
        request: sources.replies.request(message.id),
      }
      rows.push(same(known.get(key), row))
      above = message
    }
    known = new Map(rows.map(row => [row.key, row]))
    return rows
  }
}

/** Whether more is to be loaded for a message than for plain words: for what else it has, or for code. */
export function hasParts(message: Message): boolean {
  return hasMore(message) || /```|~~~/.test(message.content)
}

/** Whether there is more to be shown of a message than who said what when. */
export function hasMore({ ai, attachments, edited_at, pinned_at, reactions, reply_to }: Message): boolean {
  return Boolean(ai || attachments.length || reactions.length || edited_at || pinned_at || reply_to)
}

/** Where all that is loaded is new, the first of the new ones may not be among it. */
function isLineAbove({ entries, more_before, read_seq }: RowSources): boolean {
  return more_before && (entries[0]?.message.seq ?? 0) > (read_seq ?? 0) + 1
}

function goesOn(above: Message, message: Message): boolean {
  if (above.sender_id !== message.sender_id || above.deleted_at || message.ai || above.ai || message.reply_to)
    return false
  return Date.parse(message.timestamp) - Date.parse(above.timestamp) < GROUPED_MS
}

/** Asked for with every update, and the calendar takes its time. */
const days = new WeakMap<Message, string>()

function localDay(message: Message): string {
  const day = days.get(message) ?? new Date(message.timestamp).toDateString()
  days.set(message, day)
  return day
}

function same(before: Row | undefined, now: Row): Row {
  if (!before) return now
  const names = Object.keys(now) as (keyof Row)[]
  return names.every(name => before[name] === now[name]) ? before : now
}
