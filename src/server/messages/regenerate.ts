import type { Message, Regeneration } from '../../shared/messages.ts'
import type { Viewer } from '../accounts/sessions.ts'
import type { Tables } from '../db/database.ts'
import type { Log } from '../events/log.ts'
import { notFound, Problem } from '../http/problems.ts'
import { requireModel } from '../rooms/create.ts'
import { mutedProblem } from '../rooms/membership.ts'
import type { ModelCatalog } from '../rooms/models.ts'
import { answerOf } from './access.ts'
import { reviseWithin } from './revise.ts'
import { newRun } from './run.ts'
import { keepVersion, stillStreaming } from './versions.ts'

/**
 * Asks for another answer to the same question. The one that stands is kept as a version and the message goes back to
 * `streaming`, empty; whoever wrote it hears so from the event and writes anew.
 */
export async function regenerate(
  log: Log,
  tables: Tables,
  catalog: ModelCatalog,
  { user }: Viewer,
  message_id: string,
  { model_id }: Regeneration,
): Promise<Message> {
  if (model_id !== undefined) requireModel(await catalog.models(), model_id)
  return log.write(async (tx, emit) => {
    const { message, room, membership, run } = await answerOf(tx, tables, user.id, message_id)
    if (membership.is_muted) throw mutedProblem()
    if (room.ai_mode === 'off') throw new Problem(409, 'ai_off', 'AI is off in this room.')
    if (message.status === 'streaming') throw stillStreaming()
    await keepVersion(tx, tables, message_id, { ...message, ai: run })
    const ai = newRun({
      run_id: Bun.randomUUIDv7(),
      trigger_message_id: run.trigger_message_id,
      ...(run.covers && { covers: run.covers }),
      requested_by: user.id,
      model_id: model_id ?? room.model_id,
      version: run.version_count + 1,
    })
    const revised = await reviseWithin(tx, emit, tables, message_id, { content: '', status: 'streaming', ai })
    if (!revised) throw notFound('message')
    return revised
  })
}
