import { getDocumentProxy } from 'unpdf'
import { type Page, UnreadablePage } from './page.ts'

const PAGES_MAX = 200
/** Characters after which the rest would be cut anyway. */
const TEXT_ENOUGH = 60_000
/** Nothing in the file is run, and nothing is fetched for it. */
const OPTIONS = { isEvalSupported: false, disableFontFace: true, useSystemFonts: false, verbosity: 0 }

/** The text of a PDF, page by page. */
export async function readPdf(bytes: Uint8Array): Promise<Page> {
  const pdf = await open(bytes)
  try {
    const pages: string[] = []
    let length = 0
    for (let number = 1; number <= Math.min(pdf.numPages, PAGES_MAX) && length < TEXT_ENOUGH; number++) {
      const text = await textOf(await pdf.getPage(number))
      length += text.length
      pages.push(text)
    }
    if (length === 0) throw new UnreadablePage('This PDF holds no text, only pictures.')
    return { title: await titleOf(pdf), text: pages.join('\n\n') }
  } finally {
    await pdf.loadingTask.destroy()
  }
}

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>
type PdfPage = Awaited<ReturnType<Pdf['getPage']>>

async function open(bytes: Uint8Array): Promise<Pdf> {
  try {
    return await getDocumentProxy(bytes, OPTIONS)
  } catch (error) {
    const locked = error instanceof Error && error.name === 'PasswordException'
    throw new UnreadablePage(locked ? 'This PDF is protected by a password.' : 'This PDF is damaged.')
  }
}

async function textOf(page: PdfPage): Promise<string> {
  const { items } = await page.getTextContent()
  const text = items.map(item => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : '')).join('')
  page.cleanup()
  return text.trim()
}

async function titleOf(pdf: Pdf): Promise<string | null> {
  const { info } = await pdf.getMetadata()
  const title = 'Title' in info ? info.Title : null
  return typeof title === 'string' && title.trim() !== '' ? title : null
}
