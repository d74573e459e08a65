import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** What can be read of somebody's work whenever it is asked for; a name ending in `_total` only grows. */
export type Figures = Record<string, number>
/** The same with labels: one figure a row. */
export type LabelledFigures = { labels: Record<string, string>; value: number }[]

export type Metrics = ReturnType<typeof createMetrics>

/** Figures of this process in Prometheus' words. What others count is read when somebody asks. */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  const requests = new Counter({
    name: 'groupchat_http_requests_total',
    help: 'Requests by method, route and status',
    labelNames: ['method', 'route', 'status'],
    registers,
  })
  const times = new Histogram({
    name: 'groupchat_http_request_seconds',
    help: 'How long answers took to begin; of streams until they ended',
    labelNames: ['method', 'route'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers,
  })
  const errors = new Counter({
    name: 'groupchat_unhandled_errors_total',
    help: 'Errors that nobody caught; the process went on',
    registers,
  })
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  new Gauge({
    name: 'groupchat_loop_delay_seconds',
    help: 'How long the event loop was late since the last look',
    labelNames: ['quantile'],
    registers,
    collect() {
      for (const [quantile, percent] of [
        ['0.5', 50],
        ['0.99', 99],
        ['1', 100],
      ] as const)
        this.set({ quantile }, percent === 100 ? delay.max / 1e9 : delay.percentile(percent) / 1e9)
      delay.reset()
    },
  })
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of the process',
    registers,
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })

  return {
    request(method: string, route: string, status: number, seconds: number) {
      requests.inc({ method, route, status })
      times.observe({ method, route }, seconds)
    },
    unhandled: () => errors.inc(),
    /** Takes figures from whoever keeps them, each time somebody asks. */
    source(help: Record<string, string>, read: () => Figures | Promise<Figures>) {
      for (const [name, words] of Object.entries(help)) {
        const own = { name: `groupchat_${name}`, help: words, registers }
        const value = async () => (await read())[name] ?? 0
        if (name.endsWith('_total')) {
          new Counter({
            ...own,
            async collect() {
              this.reset()
              this.inc(await value())
            },
          })
        } else {
          new Gauge({
            ...own,
            async collect() {
              this.set(await value())
            },
          })
        }
      }
    },
    labelled(name: string, help: string, labelNames: string[], read: () => Promise<LabelledFigures>) {
      new Gauge({
        name: `groupchat_${name}`,
        help,
        labelNames,
        registers,
        async collect() {
          this.reset()
          for (const { labels, value } of await read()) this.set(labels, value)
        },
      })
    },
    text: () => registry.metrics(),
    type: registry.contentType,
    stop: () => delay.disable(),
  }
}
