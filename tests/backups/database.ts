import { Database as Connection } from 'bun:sqlite'
import { join } from 'node:path'
import { migrate } from '../../src/server/db/migrate.ts'

/** A database of one person, one room and two messages, open as a server has it open. */
export function smallDatabase(folder: string): Connection {
  const db = new Connection(join(folder, 'chat.db'), { create: true, readwrite: true })
  db.run('PRAGMA journal_mode = WAL')
  migrate(db)
  db.run("INSERT INTO meta VALUES ('epoch', 'aaaaaaaa')")
  db.run(
    "INSERT INTO users (id, kind, display_name, handle, role, created_at) VALUES ('u', 'human', 'Ada', 'ada', 'admin', 1)",
  )
  db.run(
    "INSERT INTO rooms (id, name, model_id, ai_mode, system_prompt, visibility, created_by, created_at) VALUES ('r', 'R', 'm', 'off', '', 'public', 'u', 1)",
  )
  for (const seq of [1, 2])
    db.run(
      `INSERT INTO messages (id, room_id, seq, hash, sender_id, content, mentions, status, created_at) VALUES ('m${seq}', 'r', ${seq}, 'h', 'u', 'hi', '[]', 'complete', 1)`,
    )
  return db
}
