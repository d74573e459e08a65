import { and, desc, eq, inArray, isNull, lte } from 'drizzle-orm'
import type { AiRun, Upload } from '../../shared/messages.ts'
import type { Database } from '../db/database.ts'
import { standingIn } from '../messages/access.ts'
import { attachmentsOf } from '../messages/present.ts'
import type { RoomRow } from '../rooms/present.ts'
import { instructions, oneLine, type Setting, spoken } from './instructions.ts'
import type { ChatMessage, ContentPart } from './providers/provider.ts'

/** Messages looked at, newest first; the budget usually ends sooner. */
const HISTORY_MAX = 400
/** Pictures shown to a model that can see, the newest ones. */
const PICTURES_MAX = 6
/** What a picture is taken to cost; providers count between some hundred and two thousand. */
const PICTURE_TOKENS = 1_000
/** Without the model's tokenizer: three bytes of UTF-8 a token errs on the safe side for every script. */
const BYTES_PER_TOKEN = 3
/** Assumed where a server does not say how much a model can read. */
const CONTEXT_UNKNOWN = 8_192
/** At most this much is asked of a model in one answer … */
const ANSWER_MAX = 4_096
/** … and at most this part of what it can hold. */
const ANSWER_SHARE = 1 / 4

export type Conversation = {
  messages: ChatMessage[]
  max_tokens: number
  /** Addresses that people wrote in what the model reads. */
  written: string[]
  /** Whether text from elsewhere stands in it: answers that were made with tools. */
  tainted: boolean
}

type Said = {
  id: string
  seq: number
  content: string
  sender_id: string
  name: string
  handle: string
  kind: 'human' | 'agent'
  ai: AiRun | null
  pictures: Upload[]
}

type Reader = {
  room: RoomRow
  setting: Setting
  /** The newest message to read. */
  up_to_seq: number
  context_length: number | null
  /** The picture as a data URL, null when it cannot be had; null itself for a model that cannot see. */
  look: ((picture: Upload) => Promise<string | null>) | null
}

/**
 * What a model reads before it answers: who it is and where, the room's instructions, then as much of the latest
 * conversation as fits, oldest dropped first, every message under its speaker. Nothing of any other room.
 */
export async function readConversation(db: Database, reader: Reader): Promise<Conversation> {
  const { room, setting } = reader
  const context = reader.context_length ?? CONTEXT_UNKNOWN
  const max_tokens = Math.max(256, Math.min(ANSWER_MAX, Math.floor(context * ANSWER_SHARE)))
  const system = instructions(room, setting)
  const budget = context - max_tokens - estimate(system)
  const history = fit(await latest(db, room, reader.up_to_seq), budget, reader.look !== null).reverse()
  const pictures = reader.look ? await see(history, reader.look) : null
  return {
    messages: [{ role: 'system', content: system }, ...asTurns(history, setting.me.id, pictures)],
    max_tokens,
    written: history.flatMap(said => (said.kind === 'human' ? addressesIn(said.content) : [])),
    tainted: history.some(said => (said.ai?.tools.length ?? 0) > 0),
  }
}

/** Newest first. */
async function latest({ read, tables }: Database, room: RoomRow, up_to_seq: number): Promise<Said[]> {
  const { messages, users } = tables
  const rows = await read
    .select({
      id: messages.id,
      seq: messages.seq,
      content: messages.content,
      sender_id: messages.sender_id,
      name: users.display_name,
      handle: users.handle,
      kind: users.kind,
      ai: messages.ai,
    })
    .from(messages)
    .innerJoin(users, eq(users.id, messages.sender_id))
    .where(
      and(
        standingIn(tables, room.id),
        lte(messages.seq, up_to_seq),
        isNull(messages.deleted_at),
        inArray(messages.status, ['complete', 'stopped', 'interrupted']),
      ),
    )
    .orderBy(desc(messages.seq))
    .limit(HISTORY_MAX)
  const attached = await attachmentsOf(
    read,
    tables,
    rows.map(row => row.id),
  )
  return rows.map(row => ({ ...row, pictures: attached(row.id, row.ai?.version ?? null) }))
}

/** As many as fit, and the newest in any case. */
function fit(newestFirst: Said[], budget: number, sees: boolean): Said[] {
  const kept: Said[] = []
  let left = budget
  for (const said of newestFirst) {
    if (said.content.trim() === '' && said.pictures.length === 0) continue
    left -= estimate(said.content) + estimate(said.name) + 16 + (sees ? said.pictures.length * PICTURE_TOKENS : 0)
    if (left < 0 && kept.length > 0) break
    kept.push(said)
  }
  return kept
}

/** The newest pictures of people, as the model gets them. */
async function see(oldestFirst: Said[], look: NonNullable<Reader['look']>): Promise<Map<string, string>> {
  const newest = oldestFirst.flatMap(said => (said.kind === 'human' ? said.pictures : [])).slice(-PICTURES_MAX)
  const seen = await Promise.all(newest.map(async picture => [picture.id, await look(picture)] as const))
  return new Map(seen.flatMap(([id, url]) => (url ? [[id, url] as const] : [])))
}

/** Several people in a row become one turn: some models insist that turns alternate. */
function asTurns(oldestFirst: Said[], me: string, seen: Map<string, string> | null): ChatMessage[] {
  const turns: ChatMessage[] = []
  for (const said of oldestFirst) {
    if (said.sender_id === me) {
      turns.push({ role: 'assistant', content: said.content || '[a picture]' })
      continue
    }
    const parts = partsOf(said, seen)
    const last = turns.at(-1)
    if (last?.role === 'user') last.content = joined(last.content, parts)
    else turns.push({ role: 'user', content: joined([], parts) })
  }
  return turns
}

function partsOf(said: Said, seen: Map<string, string> | null): ContentPart[] {
  const notes = said.pictures.map(picture => noteOn(picture, seen))
  const text = [spoken(said), ...notes].filter(Boolean).join('\n')
  const urls = said.pictures.flatMap(picture => seen?.get(picture.id) ?? [])
  return [{ type: 'text', text }, ...urls.map(url => ({ type: 'image_url' as const, image_url: { url } }))]
}

function noteOn({ id, name, width, height }: Upload, seen: Map<string, string> | null): string {
  const size = width && height ? `, ${width}×${height}` : ''
  const about = seen === null ? 'which this model cannot see' : seen.has(id) ? 'shown below' : 'not shown to you'
  return `[a picture was posted here: ${oneLine(name)}${size}; ${about}]`
}

/** A plain string as long as there is nothing but text. */
function joined(before: string | ContentPart[], parts: ContentPart[]): string | ContentPart[] {
  const all = [...(typeof before === 'string' ? [{ type: 'text' as const, text: before }] : before), ...parts]
  const texts = all.flatMap(part => (part.type === 'text' ? [part.text] : []))
  return texts.length === all.length ? texts.join('\n\n') : all
}

function addressesIn(text: string): string[] {
  return [...text.matchAll(/https?:\/\/[^\s<>"'`]+/gi)].flatMap(([found]) => {
    // The sentence around an address may end with it, or stand in brackets.
    const bare = found.replace(/[).,;:!?\]}*_]+$/, '')
    return [found, bare, bare.replace(/\/$/, '')]
  })
}

function estimate(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN)
}
