import { gt } from 'drizzle-orm'
import { MESSAGE_EVENTS } from '../../shared/events.ts'
import type { Database } from '../db/database.ts'
import type { Bus, LastingEvent, PassingEvent } from '../events/bus.ts'
import { follow } from '../events/follow.ts'
import type { Log } from '../events/log.ts'
import { writePosition } from '../events/position.ts'
import type { Logger } from '../http/logger.ts'
import { deletedRooms, peopleOf, roomsOf } from './audience.ts'
import { Batch } from './batch.ts'
import { createCatchUp } from './catch-up.ts'
import { Connection, type DirectController, type Subscription } from './connection.ts'
import { controlFrame, type Frame, lastingFrame, passingFrame } from './frames.ts'
import { paced } from './pace.ts'
import { createSnapshots } from './snapshots.ts'
import { createTopics } from './topics.ts'

/** One timer looks after every stream: heartbeats, expiry, stalls, old age. */
const SWEEP_MS = 500

export type HubTimes = { heartbeatMs: number; lifetimeMs: number }
export const HUB_TIMES: HubTimes = { heartbeatMs: 15_000, lifetimeMs: 20 * 60_000 }

/** Where a stream begins, and why the client has to load afresh, if it has to. */
export type Start = { cursor: number; reset: string | null }

/** Whoever wants to know when somebody's first stream opens and when their last one closes. */
export type Attendance = { came(user_id: string): void; left(user_id: string): void }
const NOBODY_ASKS: Attendance = { came() {}, left() {} }

export type Hub = ReturnType<typeof createHub>

/** Feeds every stream of this process. It is one follower of the log and one listener of the bus, however many clients there are. */
export function createHub(
  db: Database,
  log: Log,
  bus: Bus,
  logger: Logger,
  times: HubTimes = HUB_TIMES,
  attendance: Attendance = NOBODY_ASKS,
) {
  const topics = createTopics()
  const snapshots = createSnapshots(bus)
  /** Rooms that are deleted: what is still said in them reaches nobody. */
  const silent = new Set<string>()
  let root = Batch.empty()
  let pending = new Map<Connection, Batch>()
  const flushing = paced(flush)
  let deliveries = 0
  const catchUp = createCatchUp(db, log, { flushOne, goLive })
  let follower: ReturnType<typeof follow> | null = null

  const unsubscribe = bus.subscribe(signal => {
    if (signal.kind === 'passing') pass(signal.event)
    else if (signal.kind === 'session_ended') endSession(signal.session_id)
  })
  const sweeper = setInterval(sweep, SWEEP_MS)

  function deliver(event: LastingEvent) {
    const frame = lastingFrame(db.epoch, event)
    const { room_id, user_id, subject_id } = event
    if (room_id && silent.has(room_id) && MESSAGE_EVENTS.includes(event.type)) return
    if (event.type === 'member.joined' && room_id && subject_id) welcome(room_id, subject_id)
    for (const connection of hearers(event)) {
      if (user_id && connection.to.user_id !== user_id) continue
      if (event.id > connection.cursor) push(connection, frame, event.id)
    }
    if (event.type === 'member.left' && room_id && subject_id) farewell(room_id, subject_id)
    if (event.type === 'room.deleted' && room_id) closeRoom(room_id)
    if (event.type === 'room.restored' && room_id) silent.delete(room_id)
  }

  /** Who may hear of it now. A stream may appear twice: its cursor lets an event through once. */
  function* hearers({ room_id, user_id, subject_id }: LastingEvent): Iterable<Connection> {
    const about = subject_id ?? user_id
    if (about) for (const connection of topics.person(about)) if (concerns(connection, room_id)) yield connection
    if (user_id) return
    if (room_id) {
      const topic = topics.room(room_id)
      for (const connection of topic?.connections ?? []) if (topic?.people.has(connection.to.user_id)) yield connection
    } else if (subject_id) {
      for (const topic of topics.roomsWith(subject_id)) yield* topic.connections
    }
  }

  function pass(event: PassingEvent) {
    const topic = topics.room(event.room_id)
    if (!topic || silent.has(event.room_id)) return
    const frame = passingFrame(event)
    const own = event.type === 'typing' ? event.data.user_id : null
    for (const connection of topic.connections) {
      const { user_id, watched } = connection.to
      if (connection.behind || user_id === own || !watched.has(event.room_id) || !topic.people.has(user_id)) continue
      push(connection, frame, connection.cursor)
    }
  }

  function push(connection: Connection, frame: Frame, cursor: number) {
    if (connection.behind) {
      connection.missed = true
      return
    }
    connection.cursor = cursor
    deliveries++
    pending.set(connection, (pending.get(connection) ?? root).with(frame))
    flushing.ask()
  }

  /** One write a connection a turn, however many frames. */
  function flush() {
    const batches = pending
    pending = new Map()
    root = Batch.empty()
    for (const [connection, batch] of batches) connection.write(batch.bytes())
  }

  /** False when the client does not keep up with it. */
  function flushOne(connection: Connection): boolean {
    const batch = pending.get(connection)
    pending.delete(connection)
    return batch ? connection.write(batch.bytes()) : true
  }

  /** Opens a stream: greeting at once, then everything after `start` (all of it, or a reset), then what happens from now on. */
  function open(to: Subscription, controller: DirectController, { cursor, reset }: Start): Connection {
    const connection = new Connection(to, controller, cursor, { drained: resume, closed: forget })
    topics.add(connection)
    if (topics.person(to.user_id).size === 1) attendance.came(to.user_id)
    connection.send(
      controlFrame('hello', {
        cursor: writePosition(db.epoch, cursor),
        server_time: new Date().toISOString(),
        heartbeat_ms: times.heartbeatMs,
      }),
    )
    if (reset) connection.send(controlFrame('reset', { reason: reset }))
    connection.flush()
    begin(connection).catch(error => fail(connection, error))
    return connection
  }

  async function begin(connection: Connection) {
    for (const room_id of await roomsOf(db, connection.to)) await listen(connection, room_id)
    await catchUp(connection)
  }

  function resume(connection: Connection) {
    catchUp(connection).catch(error => fail(connection, error))
  }

  function fail(connection: Connection, error: unknown) {
    logger.error('a stream could not be caught up', { error })
    connection.cut('could not be caught up')
  }

  async function listen(connection: Connection, room_id: string) {
    topics.listen(connection, room_id, topics.room(room_id)?.people ?? (await peopleOf(db, room_id)))
  }

  /** Whoever watches a room in which a reply is being written gets what there is of it first. */
  function goLive(connection: Connection) {
    connection.behind = false
    for (const room_id of connection.to.watched) {
      if (silent.has(room_id) || !topics.room(room_id)?.people.has(connection.to.user_id)) continue
      for (const event of snapshots.of(room_id)) push(connection, passingFrame(event), connection.cursor)
    }
    flushOne(connection)
    connection.flush()
  }

  /** A new member: their streams hear of the room from here on. */
  function welcome(room_id: string, user_id: string) {
    topics.room(room_id)?.people.add(user_id)
    for (const connection of topics.person(user_id)) {
      if (connection.to.only) continue
      topics.listen(connection, room_id, [user_id])
      void peopleOf(db, room_id).then(people => topics.listen(connection, room_id, people))
    }
  }

  function farewell(room_id: string, user_id: string) {
    topics.room(room_id)?.people.delete(user_id)
    for (const connection of [...topics.person(user_id)]) {
      topics.unlisten(connection, room_id)
      if (connection.to.only === room_id) bid(connection, 'not_a_member', 0)
    }
  }

  function closeRoom(room_id: string) {
    silent.add(room_id)
    for (const connection of [...(topics.room(room_id)?.connections ?? [])])
      if (connection.to.only) bid(connection, 'room_deleted', 0)
  }

  function endSession(session_id: string) {
    for (const connection of [...topics.all])
      if (connection.to.session_id === session_id) bid(connection, 'signed_out', 0)
  }

  /** Says why, then closes. `retry_ms` 0: there is nothing to come back to. */
  function bid(connection: Connection, reason: string, retry_ms: number) {
    flushOne(connection)
    if (connection.stalled) return connection.cut(reason)
    connection.send(controlFrame('bye', { reason, retry_ms }))
    connection.close()
  }

  function sweep() {
    const now = Date.now()
    void endRevoked(now).catch(error => logger.error('sessions could not be checked', { error }))
    const ping = controlFrame('ping', {})
    for (const connection of [...topics.all]) {
      connection.checkStall(now)
      if (connection.closed) continue
      if (connection.to.expires_at <= now) bid(connection, 'session_expired', 0)
      else if (connection.outlived(times.lifetimeMs, now))
        bid(connection, 'rotation', Math.round(200 + Math.random() * 2_000))
      else if (!connection.stalled && now - connection.lastWrite >= times.heartbeatMs) connection.send(ping)
    }
  }

  /** What the bus may have kept back: sessions that ended since the last look, with some overlap. */
  async function endRevoked(now: number) {
    if (topics.all.size === 0) return
    const { sessions } = db.tables
    const rows = await db.read
      .select({ id: sessions.id })
      .from(sessions)
      .where(gt(sessions.revoked_at, now - 4 * SWEEP_MS))
    for (const { id } of rows) endSession(id)
  }

  function forget(connection: Connection) {
    const { user_id } = connection.to
    topics.remove(connection)
    pending.delete(connection)
    if (topics.person(user_id).size === 0) attendance.left(user_id)
  }

  return {
    open,
    /** Begins to follow the log from its head. */
    async start() {
      const head = await log.head()
      for (const room_id of await deletedRooms(db)) silent.add(room_id)
      follower = follow(log, bus, head, deliver)
    },
    /** For the metrics: open streams, those that are being caught up, and what went out so far. */
    figures() {
      const streams = [...topics.all]
      const behind = streams.filter(stream => stream.behind).length
      return { streams: streams.length, streams_behind: behind, deliveries_total: deliveries }
    },
    count: () => topics.all.size,
    /** Sends every client away, to come back after a while of its own. */
    stop() {
      clearInterval(sweeper)
      unsubscribe()
      snapshots.stop()
      follower?.stop()
      flush()
      flushing.stop()
      for (const connection of [...topics.all]) bid(connection, 'shutdown', Math.round(500 + Math.random() * 4_500))
    },
  }
}

/** Two tabs see the same events: whether this one's stream is about the room at all. */
function concerns(connection: Connection, room_id: string | null): boolean {
  return connection.to.only === null || connection.to.only === room_id
}
