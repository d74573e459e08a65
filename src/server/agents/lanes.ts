import type { Wake } from './agent.ts'

type Lane = { running: Promise<void>; waiting: Wake[] }

/**
 * One run at a time in a room. What is said while an agent writes is answered together, in one next run; what is asked
 * anew waits its turn. `run` must not reject.
 */
export function createLanes(run: (wake: Wake) => Promise<void>) {
  const lanes = new Map<string, Lane>()

  async function drain(room_id: string, lane: Lane) {
    for (let wake = lane.waiting.shift(); wake; wake = lane.waiting.shift()) await run(wake)
    lanes.delete(room_id)
  }

  return {
    add(wake: Wake) {
      const lane = lanes.get(wake.room_id)
      if (!lane) {
        const begun: Lane = { running: Promise.resolve(), waiting: [wake] }
        lanes.set(wake.room_id, begun)
        begun.running = drain(wake.room_id, begun)
        return
      }
      // The later message covers the earlier one: it is read together with all that came before it.
      if (!wake.again) lane.waiting = lane.waiting.filter(earlier => earlier.again)
      lane.waiting.push(wake)
    },
    /** Resolves when nothing is running. */
    async idle() {
      while (lanes.size > 0) await Promise.all([...lanes.values()].map(lane => lane.running))
    },
  }
}
