import { hostOf } from './web-address.ts'

/** A host that may be reached although it is private, at this port only; IPv6 without brackets. */
export type Allowed = { host: string; port: number }

export class AllowListError extends Error {
  constructor(readonly mistakes: string[]) {
    super(mistakes.join('; '))
  }
}

/**
 * `WEB_FETCH_ALLOW`: `wiki.internal:8080, 10.0.0.7:80, [fd00::7]:443`. Hosts are exact, without wildcards; a name does not
 * allow its addresses, nor an address its names. Throws an `AllowListError` with every mistake at once, by place and not by value.
 */
export function parseAllowList(text: string): Allowed[] {
  const allowed: Allowed[] = []
  const mistakes: string[] = []
  const entries = text.split(',').map(entry => entry.trim())
  for (const [index, entry] of entries.entries()) {
    if (entry === '') continue
    const found = parseEntry(entry)
    if (typeof found === 'string') mistakes.push(`entry ${index + 1} ${found}`)
    else allowed.push(found)
  }
  if (mistakes.length > 0) throw new AllowListError(mistakes)
  return allowed
}

function parseEntry(entry: string): Allowed | string {
  const [, host, port] = entry.match(/^(\[[\da-f:.]+\]|[^:/?#@\\\s*[\]]+):(\d{1,5})$/i) ?? []
  if (host === undefined) return 'must be HOST:PORT, for example wiki.internal:8080'
  const url = URL.parse(`http://${host.replace(/\.$/, '')}/`)
  if (!url) return 'has a host that is not valid'
  if (Number(port) < 1 || Number(port) > 65_535) return 'has a port that is not between 1 and 65535'
  return { host: hostOf(url), port: Number(port) }
}
