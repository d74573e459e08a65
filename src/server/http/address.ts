import ipaddr from 'ipaddr.js'

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number]
type Addressed = { requestIP(request: Request): { address: string } | null } | null

/** `127.0.0.1, 10.0.0.0/8, ::1`; what is no address is named in the error by its place. */
export function parseNetworks(text: string): Network[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean)
    .map((part, index) => {
      if (ipaddr.isValidCIDR(part)) return ipaddr.parseCIDR(part)
      if (!ipaddr.isValid(part)) throw new Error(`entry ${index + 1} is no address`)
      const address = ipaddr.process(part)
      return [address, address.kind() === 'ipv4' ? 32 : 128]
    })
}

/**
 * Who a request comes from. `X-Forwarded-For` is believed only as far as trusted proxies wrote it: read from its end, up
 * to the first address that is not one of them. Whatever a client puts in front of that is its own invention.
 */
export function createAddresses(trusted: Network[]) {
  const isTrusted = (address: string) => {
    if (!ipaddr.isValid(address)) return false
    const parsed = ipaddr.process(address)
    return trusted.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits))
  }
  return (request: Request, server: Addressed): string => {
    let address = server?.requestIP(request)?.address ?? 'unknown'
    const forwarded = (request.headers.get('x-forwarded-for') ?? '').split(',').map(part => part.trim())
    while (isTrusted(address)) {
      const before = forwarded.pop()
      if (!before || !ipaddr.isValid(before)) break
      address = before
    }
    return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address
  }
}
