import { ToolFailure } from '../../tool.ts'
import type { PageKind } from '../content-type.ts'
import { untilAborted } from '../until-aborted.ts'
import type { Page } from './page.ts'

export type PageJob = {
  /** The final address, against which the links are resolved. */
  url: string
  bytes: Uint8Array
  /** `outline`: HTML without looking for the article in it, for what is large or stubborn. */
  kind: PageKind | 'outline'
  /** As the header named it. */
  charset: string | null
}

export type PageReaderOptions = {
  worker?: URL
  jobMs?: number
  outlineMs?: number
  idleMs?: number
  /** Bytes by which the process may grow during a job. */
  growthMax?: number
}

const JOB_MS = 8_000
const OUTLINE_MS = 3_000
const IDLE_MS = 60_000
/** Some bytes of a PDF unfold to gigabytes, and a worker's memory is the memory of the process. */
const GROWTH_MAX = 512 * 1024 * 1024
const LOOK_MS = 50
const WAITING_MAX = 16
/** Bytes of HTML from which on the search for the article takes seconds. */
const ARTICLE_MAX = 1024 * 1024

/** What the worker answers. */
export type Answer = { page: Page } | { problem: string }

export type PageReader = ReturnType<typeof createPageReader>

/**
 * Reads pages in a worker, one after the other, so that the event loop goes on whatever they hold. The worker is started
 * when there is something to read, ended when there is not, and replaced when it hangs, grows or dies.
 */
export function createPageReader(options: PageReaderOptions = {}) {
  const { worker: script = new URL('./worker.ts', import.meta.url), jobMs = JOB_MS, outlineMs = OUTLINE_MS } = options
  const { idleMs = IDLE_MS, growthMax = GROWTH_MAX } = options
  const closing = new AbortController()
  let worker: Worker | null = null
  let idle: Timer | undefined
  let last: Promise<void> = Promise.resolve()
  let waiting = 0

  function end() {
    clearTimeout(idle)
    worker?.terminate()
    worker = null
  }

  function start(): Worker {
    // It reads what strangers wrote: the keys of this process are none of its business.
    const started = new Worker(script.href, { env: {}, smol: true, ref: false })
    // It may also die between two pages, of what an earlier one left behind.
    started.addEventListener('close', () => {
      if (worker === started) worker = null
    })
    return started
  }

  /** One job in the worker. Whatever keeps it from answering costs the worker its life. */
  async function run(job: PageJob, ms: number, signal: AbortSignal): Promise<Answer> {
    clearTimeout(idle)
    worker ??= start()
    const current = worker
    const answer = Promise.withResolvers<Answer>()
    const fail = () => answer.reject(new Error('The worker did not answer'))
    const before = process.memoryUsage.rss()
    const look = setInterval(() => process.memoryUsage.rss() - before > growthMax && fail(), LOOK_MS)
    const timeout = setTimeout(fail, ms)
    current.onmessage = ({ data }: MessageEvent<Answer>) => answer.resolve(data)
    current.onerror = event => {
      event.preventDefault()
      fail()
    }
    current.addEventListener('close', fail)
    try {
      current.postMessage(job)
      return await untilAborted(signal, answer.promise)
    } catch (error) {
      end()
      throw error
    } finally {
      clearInterval(look)
      clearTimeout(timeout)
      current.removeEventListener('close', fail)
    }
  }

  async function readNow(job: PageJob, signal: AbortSignal): Promise<Page> {
    const huge = job.kind === 'html' && job.bytes.length > ARTICLE_MAX
    const attempts: [PageJob, number][] = huge ? [] : [[job, jobMs]]
    if (job.kind === 'html') attempts.push([{ ...job, kind: 'outline' }, outlineMs])
    for (const [attempt, ms] of attempts) {
      try {
        const answer = await run(attempt, ms, signal)
        if ('problem' in answer) throw new ToolFailure(answer.problem)
        return answer.page
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof ToolFailure) throw error
      }
    }
    throw new ToolFailure('The content of this address is too large or too tangled to be read.')
  }

  return {
    /** Rejects with a `ToolFailure`, or with `signal.reason` at once when aborted. */
    async read(job: PageJob, signal: AbortSignal): Promise<Page> {
      if (waiting >= WAITING_MAX) throw new ToolFailure('Too many pages are being read at the moment; try again later.')
      const turn = last
      const done = Promise.withResolvers<void>()
      last = turn.then(() => done.promise)
      waiting += 1
      const stop = AbortSignal.any([signal, closing.signal])
      try {
        await untilAborted(stop, turn)
        return await readNow(job, stop)
      } finally {
        waiting -= 1
        done.resolve()
        if (waiting === 0) idle = setTimeout(end, idleMs).unref()
      }
    },

    close() {
      closing.abort(new ToolFailure('The server is shutting down.'))
      end()
    },
  }
}
