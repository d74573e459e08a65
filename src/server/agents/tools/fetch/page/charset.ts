/** Bytes in which a page may say what it is encoded in. */
const PRESCAN = 1024
const BOMS: [string, number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/** As browsers decide it: a byte order mark, the header, what the page itself says, and UTF-8 where nothing is known. */
export function decode(bytes: Uint8Array, header: string | null, kind: string): string {
  const bom = BOMS.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte))
  const labels = [bom?.[0], header, kind === 'text' ? null : declared(bytes, kind), 'utf-8']
  const decoder = labels.map(decoderOf).find(found => found !== null) ?? new TextDecoder()
  return decoder.decode(bytes)
}

function declared(bytes: Uint8Array, kind: string): string | undefined {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, PRESCAN))
  const [, label] =
    start.match(/^\s*<\?xml\b[^>]*\bencoding\s*=\s*["']([\w.:-]+)/) ??
    (kind === 'xml' ? null : start.match(/<meta\b[^>]*\bcharset\s*=\s*["']?\s*([\w.:-]+)/i)) ??
    []
  // What could be read as ASCII so far is not UTF-16, whatever it says.
  return label && /^utf-?16/i.test(label) ? 'utf-8' : label
}

function decoderOf(label: string | null | undefined): TextDecoder | null {
  try {
    return label ? new TextDecoder(label as Bun.Encoding) : null
  } catch {
    return null
  }
}
