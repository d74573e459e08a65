import { z } from 'zod'
import { type Tool, ToolFailure } from '../tool.ts'
import type { Allowed } from './allow-list.ts'
import { createGuard, type Resolve } from './guard.ts'
import { createPageReader, type PageReaderOptions } from './page/reader.ts'
import { visit } from './visit.ts'
import { parseWebAddress } from './web-address.ts'

const PORTS = [80, 443, 8080, 8443]
const TOTAL_MS = 10_000
const URL_MAX = 4096
/** Characters of the result. */
const TEXT_MAX = 40_000
const TARGET_MAX = 60

const Arguments = z.object({
  url: z.string().trim().min(1).max(URL_MAX).describe('The complete address, beginning with https:// or http://'),
})

export type WebFetchOptions = {
  /** Private hosts that may be reached all the same, each at one port. */
  allow?: Allowed[]
  /** Asked once for every host that is opened; the system's resolver where none is given. */
  resolve?: Resolve
  /** Of public hosts; the others are the ports of things that are no websites. */
  ports?: number[]
  /** Milliseconds for names, connections, redirects and body together. */
  totalMs?: number
  pages?: PageReaderOptions
}

/** `web_fetch`: opens one page of the public web and returns its text. Nothing is kept between two calls. */
export function createWebFetch(options: WebFetchOptions = {}): Tool<z.infer<typeof Arguments>> & { close(): void } {
  const { allow = [], ports = PORTS, totalMs = TOTAL_MS } = options
  const guard = createGuard({ allow, ports, resolve: options.resolve })
  const pages = createPageReader(options.pages)

  return {
    name: 'web_fetch',
    description:
      'Opens a web page and returns its title, its final address and its text as Markdown; also reads plain text, JSON, XML and PDF. ' +
      'Use it for addresses that a person wrote in the room or that a search returned. Long pages are cut.',
    arguments: Arguments,
    state: 'reading',
    target: ({ url }) => shortened(url),

    async run({ url: written }, context) {
      const { signal } = context
      signal.throwIfAborted()
      const start = parseWebAddress(written)
      // Before anything else: a name that is merely looked up has told its owner already.
      if (!context.mayOpen(start.href))
        throw new ToolFailure('This address was neither written by a person in the room nor returned by a search.')
      const deadline = createDeadline(totalMs, start.host)
      try {
        const { url, ...content } = await visit(start, {
          guard,
          mayOpen: address => context.mayOpen(address, true),
          signal: AbortSignal.any([signal, deadline.signal]),
        })
        deadline.stop()
        const { title, text } = await pages.read({ ...content, url: url.href }, signal)
        if (text === '') throw new ToolFailure('This page holds no text; it may need a browser to show itself.')
        return { text: cut(`${title ? `# ${title}\n` : ''}${url.href}\n\n${text}`), urls: [] }
      } finally {
        deadline.stop()
      }
    },

    close: () => pages.close(),
  }
}

function createDeadline(ms: number, host: string) {
  const controller = new AbortController()
  const words = `${host} did not send the whole page within ${ms / 1000} seconds.`
  const timer = setTimeout(() => controller.abort(new ToolFailure(words)), ms)
  return { signal: controller.signal, stop: () => clearTimeout(timer) }
}

function cut(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX).toWellFormed()}\n\n[cut]`
}

/** Host and path, for people; what is no address, as it was written. */
function shortened(text: string): string {
  const url = URL.parse(text)
  const target = url ? url.host + (url.pathname === '/' ? '' : url.pathname) : text
  return target.length > TARGET_MAX ? `${target.slice(0, TARGET_MAX - 1)}…` : target
}
