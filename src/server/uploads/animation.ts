/**
 * Whether a picture moves. `Bun.Image` keeps the first frame of a GIF or PNG without a word and fails on an animated WebP,
 * so this has to be known before.
 */
export function isAnimated(bytes: Uint8Array, format: string): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    if (format === 'gif') return gifHasTwoFrames(view)
    if (format === 'png') return pngFrames(view) > 1
    if (format === 'webp') return view.toString('latin1', 12, 16) === 'VP8X' && (view.readUInt8(20) & 0x02) !== 0
  } catch (error) {
    // Cut short: how much of it is a picture is for the decoder to say.
    if (!(error instanceof RangeError)) throw error
  }
  return false
}

const EXTENSION = 0x21
const FRAME = 0x2c

function gifHasTwoFrames(gif: Buffer): boolean {
  let at = 13 + paletteSize(gif.readUInt8(10))
  for (let frames = 0; ; ) {
    const block = gif.readUInt8(at)
    if (block === FRAME) {
      if (++frames === 2) return true
      at = endOfChain(gif, at + 11 + paletteSize(gif.readUInt8(at + 9)))
    } else if (block === EXTENSION) at = endOfChain(gif, at + 2)
    else return false
  }
}

function paletteSize(flags: number): number {
  return flags & 0x80 ? 3 << ((flags & 0x07) + 1) : 0
}

/** Past a chain of sub-blocks, each with its length before it, the last of length 0. */
function endOfChain(gif: Buffer, start: number): number {
  let at = start
  for (let length = gif.readUInt8(at); length > 0; length = gif.readUInt8(at)) at += length + 1
  return at + 1
}

function pngFrames(png: Buffer): number {
  for (let at = 8; ; at += 12 + png.readUInt32BE(at)) {
    const chunk = png.toString('latin1', at + 4, at + 8)
    if (chunk === 'acTL') return png.readUInt32BE(at + 8)
    if (chunk === 'IDAT' || chunk === 'IEND') return 1
  }
}
