import { setPriority } from 'node:os'
import { decode } from './charset.ts'
import { cleaned } from './clean.ts'
import { type Page, UnreadablePage } from './page.ts'
import type { Answer, PageJob } from './reader.ts'

/** Characters: more than a result holds, and little enough to hand over in no time. */
const TEXT_MAX = 100_000
const TITLE_MAX = 300

declare const self: Worker

// On Linux the priority is one of the thread: where cores are scarce, the loop that serves people goes first.
if (process.platform === 'linux') setPriority(10)

self.onmessage = async ({ data: job }: MessageEvent<PageJob>) => {
  self.postMessage(await answer(job))
}

async function answer(job: PageJob): Promise<Answer> {
  try {
    const { title, text } = await read(job)
    return { page: { title: title && titleOf(title), text: cleaned(text).trim().slice(0, TEXT_MAX) } }
  } catch (error) {
    return {
      problem: error instanceof UnreadablePage ? error.message : 'The content of this address could not be read.',
    }
  }
}

function titleOf(text: string): string {
  return cleaned(text).replace(/\s+/g, ' ').trim().slice(0, TITLE_MAX)
}

/** The libraries are large, so each is loaded by the first page that needs it. */
async function read(job: PageJob): Promise<Page> {
  if (job.kind === 'pdf') return (await import('./pdf.ts')).readPdf(job.bytes)
  const text = decode(job.bytes, job.charset, job.kind)
  if (job.kind === 'text' || job.kind === 'xml') return { title: null, text }
  if (job.kind === 'html') {
    const { readArticle } = await import('./article.ts')
    try {
      return readArticle(text, job.url)
    } catch {
      // Ten thousand elements within each other are too deep for a recursion, and no reason to read nothing.
    }
  }
  return (await import('./outline.ts')).readOutline(text)
}
