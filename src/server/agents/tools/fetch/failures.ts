import { ToolFailure } from '../tool.ts'

/** What went wrong on the way to a host or back, in words. A failure that has its words already stays as it is. */
export function inWords(error: unknown, host: string): ToolFailure {
  if (error instanceof ToolFailure) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return new ToolFailure(`${host} ${whatItDid(code)}.`)
}

function whatItDid(code: string): string {
  if (code === 'ECONNREFUSED') return 'refused the connection'
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'could not be reached'
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) return 'has a certificate that is not trusted'
  if (/SSL|TLS|EPROTO/.test(code)) return 'could not agree on a secure connection'
  if (code === 'HPE_HEADER_OVERFLOW') return 'sent headers that are too large'
  if (code.startsWith('HPE_')) return 'sent an answer that is not valid HTTP'
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'broke the connection off before the page was complete'
  return 'could not be read: the connection failed'
}
