import type { UserRow } from '../accounts/present.ts'
import type { Database } from '../db/database.ts'
import type { Bus, LastingEvent } from '../events/bus.ts'
import { type Follower, follow } from '../events/follow.ts'
import type { Log } from '../events/log.ts'
import type { Logger } from '../http/logger.ts'
import { ensureAccount } from './accounts.ts'
import type { Agent, Wake } from './agent.ts'
import { claim } from './claims.ts'
import { recover } from './recovery.ts'

/** How far back a new process looks for questions that the last one was asked and did not live to answer. */
const LOOK_BACK_MS = 60_000

/** What an agent does in one room: one run at a time, and what came meanwhile is answered together in the next. */
type Lane = { running: boolean; next: Wake | null }

type RunnerDeps = { db: Database; log: Log; bus: Bus; logger: Logger; boot_id: string }

/** Lets agents follow the rooms. */
export async function startAgents(agents: Agent[], { db, log, bus, logger, boot_id }: RunnerDeps) {
  const interrupted = await recover(db, log, boot_id)
  if (interrupted > 0) logger.warn('replies were cut short by the last stop', { count: interrupted })

  const from = await log.headAt(Date.now() - LOOK_BACK_MS)
  const stopping = new AbortController()
  const runs = new Set<Promise<void>>()
  const followers: Follower[] = []
  for (const agent of agents) followers.push(start(agent, await ensureAccount(log, db.tables, agent.profile)))

  function start(agent: Agent, me: UserRow): Follower {
    const lanes = new Map<string, Lane>()
    // One event after the other, so that two messages of a room are never considered in the wrong order.
    let considering = Promise.resolve()

    async function consider(event: LastingEvent) {
      const wake = await agent.wants(event, me)
      if (!wake || stopping.signal.aborted) return
      const lane = lanes.get(wake.room_id) ?? { running: false, next: null }
      lanes.set(wake.room_id, lane)
      lane.next = wake
      if (!lane.running) track(drain(wake.room_id, lane))
    }

    async function drain(room_id: string, lane: Lane) {
      lane.running = true
      for (let wake = lane.next; wake && !stopping.signal.aborted; wake = lane.next) {
        lane.next = null
        await run(wake).catch(error => logger.error('an agent failed', { agent: agent.profile.handle, error }))
      }
      lanes.delete(room_id)
    }

    async function run(wake: Wake) {
      const turn = await claim(log, db.tables, me, boot_id, wake)
      if (turn) await agent.respond({ ...turn, signal: stopping.signal }, me)
    }

    return follow(log, bus, from, event => {
      if (event.type !== 'message.created') return
      considering = considering
        .then(() => consider(event))
        .catch(error => logger.error('an agent could not decide', { agent: agent.profile.handle, error }))
    })
  }

  function track(run: Promise<void>) {
    runs.add(run)
    void run.finally(() => runs.delete(run))
  }

  return {
    /** Stops listening and lets what is being written end as interrupted. */
    async stop() {
      for (const follower of followers) follower.stop()
      stopping.abort(new Error('the server is stopping'))
      await Promise.allSettled(runs)
    },
  }
}
