import { and, asc, eq } from 'drizzle-orm'
import type { AiRun, Message, MessageVersion } from '../../shared/messages.ts'
import type { Viewer } from '../accounts/sessions.ts'
import type { Database, Query, Tables } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { notFound, Problem } from '../http/problems.ts'
import { mutedProblem } from '../rooms/membership.ts'
import { answerOf } from './access.ts'
import { attachmentsOf, type MessageRow } from './present.ts'
import { reviseWithin } from './revise.ts'
import { staleRuns } from './stale.ts'

/** Keeps an answer as it stands, under its version. */
export async function keepVersion(
  tx: Query,
  { message_versions }: Tables,
  message_id: string,
  { content, status, ai }: Pick<MessageRow, 'content' | 'status'> & { ai: AiRun },
): Promise<void> {
  const kept = { content, status, ai }
  await tx
    .insert(message_versions)
    .values({ message_id, version: ai.version, ...kept, created_at: Date.now() })
    .onConflictDoUpdate({ target: [message_versions.message_id, message_versions.version], set: kept })
}

/** Every answer to the same question, oldest first. */
export async function listVersions(db: Database, { user }: Viewer, message_id: string): Promise<MessageVersion[]> {
  const { message_versions } = db.tables
  const { message, run } = await answerOf(db.read, db.tables, user.id, message_id)
  const rows = await db.read
    .select()
    .from(message_versions)
    .where(eq(message_versions.message_id, message_id))
    .orderBy(asc(message_versions.version))
  const kept = rows.filter(row => row.version !== run.version)
  const all = [...kept, { ...message, version: run.version, ai: run }].sort((a, b) => a.version - b.version)
  const attached = await attachmentsOf(db.read, db.tables, [message_id])
  const stale = await staleRuns(
    db.read,
    db.tables,
    all.map(({ ai }) => ai),
  )
  return all.map(({ version, content, status, ai }) => ({
    version,
    content,
    status,
    ai: { ...ai, version_count: run.version_count, stale: stale.has(ai.run_id) },
    attachments: attached(message_id, version),
  }))
}

/** Chooses the answer that everybody sees and that assistants read from here on. */
export async function chooseVersion(
  log: Log,
  tables: Tables,
  { user }: Viewer,
  message_id: string,
  version: number,
): Promise<Message> {
  const { message_versions } = tables
  return log.write(async (tx, emit) => {
    const { message, membership, run } = await answerOf(tx, tables, user.id, message_id)
    if (membership.is_muted) throw mutedProblem()
    if (message.status === 'streaming') throw stillStreaming()
    const [chosen] = await tx
      .select()
      .from(message_versions)
      .where(and(eq(message_versions.message_id, message_id), eq(message_versions.version, version)))
    if (!chosen && version !== run.version) throw notFound('version')
    const { content, status, ai } = chosen ?? { ...message, ai: run }
    const revised = await reviseWithin(tx, emit, tables, message_id, {
      content,
      status,
      ai: { ...ai, version_count: run.version_count },
    })
    if (!revised) throw notFound('message')
    return revised
  })
}

export function stillStreaming(): Problem {
  return new Problem(409, 'still_streaming', 'This answer is still being written. Stop it first, or wait.')
}
