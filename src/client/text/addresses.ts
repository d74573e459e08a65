/**
 * Addresses, in place of the parts of `mdurl` that markdown-it asks for: what the browser can do itself is left to it. The
 * build puts this module where markdown-it asks for that one.
 */

/** What stands before a host that has brackets, with it, and what stands before one that is a name, then the name. */
const NUMBERED_HOST = /^(?:https?:)?\/\/\[[\da-f:.]+\](?=[:/?#]|$)/i
const NAMED_HOST = /^((?:https?:)?\/\/(?:[^/?#]*@)?|mailto:[^/?#]*@)((?:[\w.+-]|[^\0-\x7f])+)(?=(?::\d*)?(?:[/?#]|$))/i

type Parts = { protocol: string; auth: string; hostname: string; pathname: string }

/** In four parts, of which markdown-it leaves the first as it is and encodes the others. */
export function parse(address: string): Parts {
  const text = address.trim()
  const [protocol = ''] = NUMBERED_HOST.exec(text) ?? []
  const [, auth = '', hostname = ''] = NAMED_HOST.exec(text) ?? []
  return { protocol, auth, hostname, pathname: text.slice(protocol.length + auth.length + hostname.length) }
}

export function format({ protocol, auth, hostname, pathname }: Parts): string {
  return protocol + auth + hostname + pathname
}

/** What is encoded already stays as it is. */
export function encode(text: string): string {
  return encodeURI(text.toWellFormed()).replace(/%25([\da-f]{2})/gi, '%$1')
}

/** But for the characters in `kept`, which would mean something else. */
export function decode(text: string, kept: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, run => {
    const bytes = Uint8Array.from(run.slice(1).split('%'), byte => Number.parseInt(byte, 16))
    const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    return decoded.replace(/[!-/:-@]/g, sign => (kept.includes(sign) ? encodeSign(sign) : sign))
  })
}
decode.defaultChars = ';/?:@&=+$,#'

const encodeSign = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`
