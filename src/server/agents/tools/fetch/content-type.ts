import { ToolFailure } from '../tool.ts'

/** What the reader of pages makes of a body. */
export type PageKind = 'html' | 'pdf' | 'xml' | 'text'

const KINDS: Partial<Record<string, PageKind>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'application/pdf': 'pdf',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'application/json': 'text',
  'text/json': 'text',
  'text/markdown': 'text',
  'text/plain': 'text',
}

/** Kind and charset that a `Content-Type` names. Throws in words, with the type, when it is none that can be read. */
export function readContentType(header: string | undefined, host: string): { kind: PageKind; charset: string | null } {
  const [type = ''] = (header ?? '')
    .toLowerCase()
    .split(';', 1)
    .map(part => part.trim())
  const [, suffix] = type.match(/^application\/[\w.-]+\+(json|xml)$/) ?? []
  const kind = KINDS[type] ?? (suffix === 'json' ? 'text' : suffix === 'xml' ? 'xml' : undefined)
  if (kind === undefined) throw new ToolFailure(unreadable(type, host))
  const [, charset = null] = header?.match(/;\s*charset\s*=\s*["']?([\w.:-]+)/i) ?? []
  return { kind, charset }
}

function unreadable(type: string, host: string): string {
  if (type === '') return `${host} does not say what kind of content this is, so it was not read.`
  const named = /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type.slice(0, 80) : 'an unknown type'
  return `This address holds ${named}, which cannot be read; pages, text, JSON, XML and PDF can.`
}
