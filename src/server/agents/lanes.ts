import type { Wake } from './agent.ts'

/** What waits for one run: a question, and those before it that the answer to it covers, the latest first. */
type Waiting = [wake: Wake, ...covered: Wake[]]
type Lane = { running: Promise<void>; waiting: Waiting[] }

/**
 * One run at a time in a room. What is said while an agent writes is answered together, in one next run; what is asked
 * anew waits its turn. `run` must not reject, and resolves to whether there was anything to answer: when the last question
 * was taken back, the one before it still is.
 */
export function createLanes(run: (wake: Wake) => Promise<boolean>) {
  const lanes = new Map<string, Lane>()

  async function drain(room_id: string, lane: Lane) {
    for (let next = lane.waiting.shift(); next; next = lane.waiting.shift())
      for (const [at, wake] of next.entries()) if (await run(covering(wake, next.slice(at + 1)))) break
    lanes.delete(room_id)
  }

  return {
    add(wake: Wake) {
      const lane = lanes.get(wake.room_id)
      if (!lane) {
        const begun: Lane = { running: Promise.resolve(), waiting: [[wake]] }
        lanes.set(wake.room_id, begun)
        begun.running = drain(wake.room_id, begun)
        return
      }
      if (wake.again) {
        lane.waiting.push([wake])
        return
      }
      // The later message covers the earlier ones: it is read together with all that came before it.
      const covered = lane.waiting.filter(([earlier]) => !earlier.again).flat()
      lane.waiting = lane.waiting.filter(([earlier]) => earlier.again)
      lane.waiting.push([wake, ...covered])
    },
    /** Resolves when nothing is running. */
    async idle() {
      while (lanes.size > 0) await Promise.all([...lanes.values()].map(lane => lane.running))
    },
  }
}

function covering(wake: Wake, earlier: Wake[]): Wake {
  return earlier.length > 0 ? { ...wake, covers: earlier.map(({ trigger }) => trigger.id) } : wake
}
