import { eq } from 'drizzle-orm'
import type { Message } from '../../shared/messages.ts'
import type { Viewer } from '../accounts/sessions.ts'
import type { Database } from '../db/database.ts'
import type { Bus } from '../events/bus.ts'
import type { Log } from '../events/log.ts'
import { notFound, Problem } from '../http/problems.ts'
import { answerOf } from './access.ts'
import { presentMessages } from './present.ts'
import { reviseWithin, runUnderWay } from './revise.ts'

/** How long the writer of an answer has to put its pen down before it is taken away. */
const PATIENCE_MS = 3_000

/**
 * Stops an answer, in the name of whoever asks: the requester, the owner of the room or an admin. The wish is an event;
 * the writer hears it, gives up its request and ends the message as `stopped`, with its text. Resolves when it has.
 * An answer that has ended already is left as it is.
 */
export async function stop(db: Database, log: Log, bus: Bus, { user }: Viewer, message_id: string): Promise<Message> {
  const ended = messageEnd(bus, message_id)
  try {
    const message = await log.write(async (tx, emit) => {
      const found = await answerOf(tx, db.tables, user.id, message_id)
      const { membership, run } = found
      const mayStop = run.requested_by === user.id || membership.role === 'owner' || user.role === 'admin'
      if (!mayStop)
        throw new Problem(403, 'not_yours_to_stop', 'Only who asked, the owner of the room or an admin can stop this.')
      if (found.message.status !== 'streaming') return (await presentMessages(tx, db.tables, [found.message]))[0]
      return reviseWithin(tx, emit, db.tables, message_id, { ai: { ...run, stopped_by: run.stopped_by ?? user.id } })
    })
    if (!message) throw notFound('message')
    if (message.status !== 'streaming') return message
    return (await ended.within(PATIENCE_MS)) ?? (await endByForce(db, log, message))
  } finally {
    ended.forget()
  }
}

/** Nobody is writing any more, so nobody heard: what is on disk is what there is. */
async function endByForce(db: Database, log: Log, { id, ai }: Message): Promise<Message> {
  const { messages } = db.tables
  const message = await log.write(async (tx, emit) => {
    const run = ai && (await runUnderWay(tx, db.tables, id, ai.run_id))
    if (run) return reviseWithin(tx, emit, db.tables, id, { status: 'stopped' })
    // At the last moment it has ended after all.
    return (await presentMessages(tx, db.tables, await tx.select().from(messages).where(eq(messages.id, id))))[0]
  })
  if (!message) throw notFound('message')
  return message
}

function messageEnd(bus: Bus, message_id: string) {
  const { promise, resolve } = Promise.withResolvers<Message>()
  const forget = bus.subscribe(signal => {
    if (signal.kind !== 'lasting' || signal.event.type !== 'message.updated') return
    const { message } = signal.event.data
    if (message.id === message_id && message.status !== 'streaming') resolve(message)
  })
  return {
    within: (ms: number) => Promise.race([promise, Bun.sleep(ms).then(() => null)]),
    forget,
  }
}
