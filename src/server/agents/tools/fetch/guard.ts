import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { ToolFailure } from '../tool.ts'
import { whyBlocked } from './addresses.ts'
import type { Allowed } from './allow-list.ts'
import { hostOf, portOf } from './web-address.ts'

/** Names for this machine and its network, whatever a resolver makes of them. */
const INNER_NAMES = ['localhost', 'local', 'internal']

/** All addresses of a host name. Rejects when there are none or nobody can tell. */
export type Resolve = (host: string) => Promise<string[]>

export type Guard = ReturnType<typeof createGuard>

/** Decides which web addresses may be connected to, and at which network addresses. Whatever is unclear may not. */
export function createGuard(options: { allow: Allowed[]; ports: number[]; resolve?: Resolve }) {
  const { allow, ports, resolve = resolveAll } = options

  const allows = (url: URL) => allow.some(({ host, port }) => host === hostOf(url) && port === portOf(url))

  return {
    /** Whether the operator named this host and port as one that may be reached although it is private. */
    allows,

    /**
     * The addresses to connect to. The name is resolved here and nowhere else: a second question could get another answer.
     * One blocked address among them refuses the whole, or else the next attempt would reach it.
     */
    async check(url: URL): Promise<[string, ...string[]]> {
      const host = hostOf(url)
      const known = allows(url)
      if (!known && !ports.includes(portOf(url)))
        throw new ToolFailure(`Port ${portOf(url)} is not opened; only ports ${ports.join(', ')} are.`)
      if (!known && INNER_NAMES.some(name => host === name || host.endsWith(`.${name}`)))
        throw new ToolFailure(`${host} is a name within a private network, which is not opened.`)
      const [first, ...others] = isIP(host) === 0 ? await addressesOf(host) : [host]
      if (first === undefined) throw noSuchHost(host)
      const reason = known ? undefined : [first, ...others].map(whyBlocked).find(blocked => blocked !== null)
      if (reason) throw new ToolFailure(`${host} leads to ${reason}, which is not opened.`)
      return [first, ...others]
    },
  }

  async function addressesOf(host: string): Promise<string[]> {
    try {
      return await resolve(host)
    } catch {
      throw noSuchHost(host)
    }
  }
}

const noSuchHost = (host: string) => new ToolFailure(`No host named ${host} was found.`)

async function resolveAll(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true })
  return found.map(({ address }) => address)
}
