import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Where a machine in a cloud is told who it is, secrets included. Two of them look like any other public address. */
const METADATA = ['169.254.169.254', '100.100.100.200', '168.63.129.16', 'fd00:ec2::254'].map(text =>
  ipaddr.parse(text),
)

/** All of the public IPv6 internet so far; the library calls whatever it has no name for public. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3')
/** Of NAT64 only this prefix says where its IPv4 address stands; the others are for the inside of a network. */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96')

const KINDS: Partial<Record<string, string>> = {
  unspecified: 'an unspecified address',
  loopback: 'a loopback address',
  private: 'a private network',
  uniqueLocal: 'a private network',
  deprecatedSiteLocal: 'a private network',
  linkLocal: 'a link-local address',
  carrierGradeNat: "a provider's inner network",
  multicast: 'a multicast address',
  broadcast: 'a broadcast address',
  '6to4': 'a tunnel',
  teredo: 'a tunnel',
  rfc6052: 'a tunnel',
}

/** What an address leads to, in words, if it is anything but a host on the public internet; null if it is one. */
export function whyBlocked(text: string): string | null {
  // The library also reads 0177.0.0.1 and 127.1, each in its own way: only the plain forms come past here.
  return isIP(text) === 0 ? 'something that is no address' : judge(ipaddr.parse(text))
}

function judge(address: ipaddr.IPv4 | ipaddr.IPv6): string | null {
  if (METADATA.some(one => one.toNormalizedString() === address.toNormalizedString())) return 'a metadata service'
  const range = address.range()
  if (address instanceof ipaddr.IPv4) return range === 'unicast' ? null : (KINDS[range] ?? 'a reserved address')
  const embedded = embeddedIPv4(address, range)
  if (embedded) return judge(embedded)
  if (range === 'unicast' && address.match(GLOBAL_IPV6)) return null
  return KINDS[range] ?? 'a reserved address'
}

/** The IPv4 address that a packet to this IPv6 address ends up at. */
function embeddedIPv4(address: ipaddr.IPv6, range: string): ipaddr.IPv4 | null {
  const holds = range === 'ipv4Mapped' || range === 'rfc6145' || address.match(NAT64)
  return holds ? new ipaddr.IPv4(address.toByteArray().slice(12)) : null
}
