import http from 'node:http'
import https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { hostOf } from './web-address.ts'

/** Bytes of all headers together. */
const HEADERS_MAX = 64 * 1024

const HEADERS = {
  'User-Agent': 'GroupChat/0.1 (+web_fetch)',
  Accept:
    'text/html,application/xhtml+xml,text/markdown,text/plain;q=0.9,application/json,application/xml,application/pdf,*/*;q=0.1',
  'Accept-Encoding': 'gzip, deflate, br',
}

/**
 * One GET over a connection of its own to the given addresses and no others; redirects are answers like any other.
 * Not `fetch`: it resolves the name again, which then may lead elsewhere, obeys proxy variables, and opens `file:`.
 */
export function get(url: URL, addresses: [string, ...string[]], signal: AbortSignal): Promise<http.IncomingMessage> {
  const { request } = url.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const asked = request({
      hostname: hostOf(url),
      port: url.port === '' ? undefined : url.port,
      path: url.pathname + url.search,
      headers: { ...HEADERS, Host: url.host },
      lookup: pinnedTo(addresses),
      // A pooled connection may lead to where the name pointed at when another call was checked.
      agent: false,
      // Also where NODE_TLS_REJECT_UNAUTHORIZED says otherwise.
      rejectUnauthorized: true,
      maxHeaderSize: HEADERS_MAX,
      signal,
    })
    asked.on('response', resolve)
    asked.on('upgrade', (_, socket) => {
      socket.destroy()
      reject(new Error('The server switched to another protocol'))
    })
    asked.on('error', reject)
    asked.on('close', () => reject(new Error('The server closed the connection')))
    asked.end()
  })
}

/** Keeps the name for TLS, and answers the socket's question for it with what was checked. */
function pinnedTo(addresses: [string, ...string[]]): LookupFunction {
  const answers = addresses.map(address => ({ address, family: isIP(address) }))
  return (_, options, done) => {
    if (options.all) done(null, answers)
    else done(null, addresses[0], isIP(addresses[0]))
  }
}
