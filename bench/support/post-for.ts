import type { Person } from '../../tests/support/person.ts'
import { quantile } from './figures.ts'
import { openPoster } from './poster.ts'
import type { ServerProcess } from './server.ts'

export type Round = { perSecond: number; p50: number; p99: number; cpuPerMessage: number; busy: number }
export type Place = { person: Person; room_id: string }

/** Posts from every connection at once, each its next message when the last one was acknowledged. */
export async function postFor(
  server: ServerProcess,
  places: Place[],
  connections: number,
  seconds: number,
  acknowledged: Set<string>,
) {
  const latencies: number[] = []
  const posters = await Promise.all(
    Array.from({ length: connections }, async (_, at) => {
      const place = places[at % places.length] as Place
      return { place, poster: await openPoster(server.port, place.person.token) }
    }),
  )
  const cpuBefore = server.cpu()
  const start = performance.now()
  const end = start + seconds * 1000
  await Promise.all(
    posters.map(async ({ place, poster }) => {
      while (performance.now() < end) {
        const client_id = crypto.randomUUID()
        const content = `Message ${client_id} says what a message in a chat might say, about a line and a half of it.`
        const asked = performance.now()
        const { status, body } = await poster.post(
          `/api/rooms/${place.room_id}/messages`,
          JSON.stringify({ content, client_id }),
        )
        if (status !== 201) throw new Error(`A post was answered ${status}: ${body}`)
        latencies.push(performance.now() - asked)
        acknowledged.add(client_id)
      }
      poster.close()
    }),
  )
  const took_s = (performance.now() - start) / 1000
  const cpu_s = server.cpu() - cpuBefore
  return {
    perSecond: latencies.length / took_s,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    cpuPerMessage: (cpu_s / latencies.length) * 1e6,
    busy: cpu_s / took_s,
  } satisfies Round
}
