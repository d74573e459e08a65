import { ToolFailure } from '../tool.ts'

/**
 * An address as it will be opened, with its host normalised by the one parser that everything here uses: `127.1`,
 * `0x7f000001` and full-width digits are `127.0.0.1` afterwards. Rejects with words what is no plain web address.
 */
export function parseWebAddress(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href)
  if (!url) throw new ToolFailure('This is not a complete web address; it must begin with https:// or http://.')
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new ToolFailure(`Only http and https addresses are opened, not ${url.protocol.slice(0, 20)}`)
  if (url.username !== '' || url.password !== '')
    throw new ToolFailure('Addresses with a user name or password in them are not opened.')
  // `localhost.` is localhost, and `example.org.` has the certificate of example.org.
  url.hostname = url.hostname.replace(/\.$/, '')
  if (url.hostname === '' || url.hostname.split('.').includes(''))
    throw new ToolFailure('The name of the host in this address is not valid.')
  return url
}

/** The host as the resolver and sockets write it: IPv6 without brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}
