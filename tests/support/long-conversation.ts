import { Database } from 'bun:sqlite'
import { join } from 'node:path'

/** Between one message and the next. */
const PACE_MS = 40_000

export type LongConversation = {
  room_id: string
  count: number
  /** Each says something in turn. */
  authors: { id: string; handle: string }[]
  /** What the message at this place says; a mixture of what people write in a chat where nothing is said. */
  says?: (seq: number) => string
  /** Every so many messages there is a picture (of which only the size is known), a reply, a reaction, a mention. */
  every?: Partial<Record<'picture' | 'reply' | 'reaction' | 'mention', number>>
}

/** Writes a long conversation straight into the database, in one transaction, as a restored backup would be. */
export function writeConversation(folder: string, { room_id, count, authors, ...wishes }: LongConversation) {
  const says = wishes.says ?? mixture
  const every = { picture: 37, reply: 11, reaction: 9, mention: 23, ...wishes.every }
  const database = new Database(join(folder, 'chat.db'))
  database.run('PRAGMA busy_timeout = 20000')
  const insert = {
    message: database.query(
      `INSERT INTO messages (id, room_id, seq, hash, sender_id, content, mentions, reply_to, status, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'complete', ?)`,
    ),
    picture: database.query(
      `INSERT INTO uploads (id, user_id, room_id, message_id, path, name, mime, bytes, width, height, created_at)
       VALUES (?, ?, ?, ?, ?, 'picture.png', 'image/png', 1000, ?, ?, ?)`,
    ),
    reaction: database.query('INSERT INTO reactions (message_id, user_id, emoji, created_at) VALUES (?, ?, ?, ?)'),
    mention: database.query('INSERT INTO mentions (user_id, message_id, room_id, seq, reason) VALUES (?, ?, ?, ?, ?)'),
  }
  const begun = Date.now() - count * PACE_MS
  const ids: string[] = []
  const authorOf = (seq: number) => authors[mixed(seq) % authors.length] as LongConversation['authors'][number]

  function write(seq: number) {
    const at = begun + seq * PACE_MS
    const id = Bun.randomUUIDv7('hex', at)
    const author = authorOf(seq)
    const mentioned = seq % every.mention === 0 ? authorOf(seq + 1) : null
    const answered = seq % every.reply === 0 && seq > 40 ? seq - 1 - (mixed(seq) % 40) : null
    const content = `${mentioned ? `@${mentioned.handle} ` : ''}${says(seq)}`
    const mentions = JSON.stringify(mentioned ? [mentioned.id] : [])
    const reply_to = answered === null ? null : (ids[answered - 1] ?? null)
    insert.message.run(id, room_id, seq, `h${seq}${id.slice(-8)}`, author.id, content, mentions, reply_to, at)
    ids.push(id)
    if (mentioned) insert.mention.run(mentioned.id, id, room_id, seq, 'mention')
    if (answered !== null && authorOf(answered).id !== mentioned?.id)
      insert.mention.run(authorOf(answered).id, id, room_id, seq, 'reply')
    if (seq % every.reaction === 0) insert.reaction.run(id, authorOf(seq + 3).id, '👍', at)
    if (seq % every.picture === 0) {
      const [width, height] = [400 + (mixed(seq) % 900), 200 + (mixed(seq + 1) % 700)]
      const picture = Bun.randomUUIDv7('hex', at)
      insert.picture.run(picture, author.id, room_id, id, `${picture}.png`, width, height, at)
    }
  }

  database.transaction(() => {
    for (let seq = 1; seq <= count; seq++) write(seq)
    database.run('UPDATE rooms SET last_seq = ?, last_message_at = ? WHERE id = ?', [
      count,
      begun + count * PACE_MS,
      room_id,
    ])
  })()
  database.close()
  return ids
}

/** Whoever it is has read up to there. */
export function markAsRead(folder: string, room_id: string, user_id: string, seq: number) {
  const database = new Database(join(folder, 'chat.db'))
  database.run('PRAGMA busy_timeout = 20000')
  database.run('UPDATE room_members SET last_read_seq = ? WHERE room_id = ? AND user_id = ?', [seq, room_id, user_id])
  database.close()
}

const WORDS =
  'time people room model answer question server message while write read light garden river window morning paper number picture friend sentence table market summer winter coffee train letter music silver yellow simple narrow quiet early later always never maybe'.split(
    ' ',
  )

/** Looks random and is the same each time. */
export function mixed(n: number): number {
  const x = Math.imul(n ^ (n >>> 15), 0x2c1b3c6d)
  return (Math.imul(x ^ (x >>> 12), 0x297a2d39) ^ (x >>> 15)) >>> 0
}

export function words(seed: number, count: number): string {
  return Array.from({ length: count }, (_, at) => WORDS[mixed(seed * 31 + at) % WORDS.length]).join(' ')
}

/** Mostly a line or two, now and then a list, code, a table, a wall of text, or another language. */
function mixture(seq: number): string {
  const line = `message number ${seq}. ${words(seq, 4 + (mixed(seq) % 30))}`
  switch (seq % 20) {
    case 3:
      return `${line}\n\n- ${words(seq + 1, 6)}\n- **${words(seq + 2, 3)}**\n- \`${words(seq + 3, 2)}\``
    case 7:
      return `${line}\n\n\`\`\`ts\n${code(seq, 4 + (mixed(seq) % 14))}\n\`\`\``
    case 11:
      return `${line}\n\n| one | two |\n|---|---:|\n${Array.from({ length: 5 }, (_, row) => `| ${words(seq + row, 2)} | ${row} |`).join('\n')}`
    case 13:
      return `${line}\n\n${words(seq, 120)}\n\n> ${words(seq + 1, 40)}`
    case 17:
      return `${line} 今日はいい天気ですね。会議は午後三時に始まります。`
    default:
      return line
  }
}

function code(seed: number, lines: number): string {
  return Array.from(
    { length: lines },
    (_, at) => `const ${words(seed + at, 1)}${at} = await ${words(seed + at + 1, 1)}(${mixed(at)}, '${words(at, 2)}')`,
  ).join('\n')
}
