import type { UserRow } from '../accounts/present.ts'
import type { Database } from '../db/database.ts'
import type { Bus, LastingEvent } from '../events/bus.ts'
import { type Follower, follow } from '../events/follow.ts'
import type { Log } from '../events/log.ts'
import type { Logger } from '../http/logger.ts'
import { ensureAccount } from './accounts.ts'
import { type Agent, GivenUp, StopRequest, type Wake } from './agent.ts'
import { type Claim, claim } from './claims.ts'
import { createLanes } from './lanes.ts'
import { recover } from './recovery.ts'

/** How far back a new process looks for questions that the last one was asked and did not live to answer. */
const LOOK_BACK_MS = 60_000

type RunnerDeps = { db: Database; log: Log; bus: Bus; logger: Logger; boot_id: string }

/** Lets agents follow the rooms. */
export async function startAgents(agents: Agent[], { db, log, bus, logger, boot_id }: RunnerDeps) {
  const interrupted = await recover(db, log, boot_id)
  if (interrupted > 0) logger.warn('replies were cut short by the last stop', { count: interrupted })

  const from = await log.headAt(Date.now() - LOOK_BACK_MS)
  const stopping = new AbortController()
  const writing = new Map<string, { turn: Claim; stop: AbortController }>()
  const followers: Follower[] = []
  const ended: Promise<void>[] = []
  for (const agent of agents) start(agent, await ensureAccount(log, db.tables, agent.profile))

  function start(agent: Agent, me: UserRow) {
    const { handle } = agent.profile
    const lanes = createLanes(wake =>
      run(wake).catch(error => {
        logger.error('an agent failed', { agent: handle, error })
        return true
      }),
    )
    // One event after the other, so that two messages of a room are never considered in the wrong order.
    let considering = Promise.resolve()

    async function consider(event: LastingEvent) {
      const wake = await agent.wants(event, me)
      if (wake && !stopping.signal.aborted) lanes.add(wake)
    }

    async function run(wake: Wake): Promise<boolean> {
      if (stopping.signal.aborted) return true
      const turn = await claim(log, db.tables, me, boot_id, wake)
      if (!turn) return false
      const stop = new AbortController()
      writing.set(turn.message.id, { turn, stop })
      obeyStop(turn)
      try {
        await agent.respond({ ...turn, signal: AbortSignal.any([stopping.signal, stop.signal]) }, me)
        return true
      } finally {
        writing.delete(turn.message.id)
      }
    }

    ended.push(stopped(stopping.signal).then(() => lanes.idle()))
    followers.push(
      follow(log, bus, from, event => {
        if (event.type === 'message.updated') obeyStop(event.data)
        if (event.type === 'room.cleared') giveUp(event.data, 'The room was cleared while this was being written.')
        if (event.type === 'room.deleted') giveUp(event.data, 'The room was deleted while this was being written.')
        if (event.type !== 'message.created' && event.type !== 'message.updated') return
        considering = considering
          .then(() => consider(event))
          .catch(error => logger.error('an agent could not decide', { agent: handle, error }))
      }),
    )
  }

  /** Somebody's wish that an answer end is part of the message itself. */
  function obeyStop({ message }: Pick<Claim, 'message'>) {
    const by = message.status === 'streaming' && message.ai?.stopped_by
    if (by) writing.get(message.id)?.stop.abort(new StopRequest(by))
  }

  /** What nobody will see need not be written on, and keeps nobody's next question waiting. */
  function giveUp({ room_id, before_seq }: { room_id: string; before_seq?: number }, why: string) {
    for (const { turn, stop } of writing.values()) {
      const lost = before_seq === undefined || turn.message.seq < before_seq
      if (turn.room_id === room_id && lost) stop.abort(new GivenUp(why))
    }
  }

  return {
    /** Stops listening and lets what is being written end as interrupted. */
    async stop() {
      for (const follower of followers) follower.stop()
      stopping.abort(new Error('the server is stopping'))
      await Promise.all(ended)
    },
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
}
