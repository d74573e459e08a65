import { PIXELS_MAX } from '../../shared/limits.ts'
import { createGate } from '../gate.ts'
import { invalid, type Problem } from '../http/problems.ts'
import { isAnimated } from './animation.ts'

/** Forty million pixels take 160 MB while they are decoded. */
const AT_ONCE = 2
const QUALITY = 85

/** What is kept, by the kind of what came: a GIF holds at most 256 colours and loses nothing as a PNG. */
const KEPT = { png: 'png', gif: 'png', jpeg: 'jpeg', webp: 'webp' } as const
const EXTENSIONS = { png: 'png', jpeg: 'jpg', webp: 'webp' } as const

type Kind = keyof typeof EXTENSIONS

export type Picture = { bytes: Uint8Array; mime: string; extension: string; width: number; height: number }

type Wanted = {
  /** Pixels of the longer side, at most. */
  side?: number
  as?: Kind
}

export type Reencode = ReturnType<typeof createReencode>

/**
 * Decodes a picture and encodes it anew, so that nothing but pixels and their colour profile is kept: no EXIF, no comment,
 * no second file behind the first. The bytes say what it is, not its name. Throws a problem for what is no picture, claims
 * too many pixels or moves.
 */
export function createReencode() {
  const gate = createGate(AT_ONCE)

  return (bytes: Uint8Array, wanted: Wanted = {}): Promise<Picture> =>
    gate(async () => {
      try {
        return await reencode(bytes, wanted)
      } catch (error) {
        throw codeOf(error).startsWith('ERR_IMAGE_') ? problemOf(codeOf(error)) : error
      }
    })
}

async function reencode(bytes: Uint8Array, { side, as }: Wanted): Promise<Picture> {
  const image = new Bun.Image(bytes, { maxPixels: PIXELS_MAX })
  const { format } = await image.metadata()
  if (!(format in KEPT)) throw notAPicture()
  if (isAnimated(bytes, format))
    throw invalid('file', 'Moving pictures cannot be kept here. Choose one that stands still.', 'animated_picture')
  const kind = as ?? KEPT[format as keyof typeof KEPT]
  if (side) image.resize(side, side, { fit: 'inside', withoutEnlargement: true })
  const encoded = await image[kind](kind === 'png' ? {} : { quality: QUALITY }).bytes()
  // A colour profile is carried over unread, and may hold anything.
  if (/<(script|html|svg|iframe|!doctype)/i.test(Buffer.from(encoded.buffer).toString('latin1'))) throw notAPicture()
  const { width, height } = await new Bun.Image(encoded, { maxPixels: PIXELS_MAX }).metadata()
  return { bytes: encoded, mime: `image/${kind}`, extension: EXTENSIONS[kind], width, height }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? '')
}

function problemOf(code: string): Problem {
  if (code !== 'ERR_IMAGE_TOO_MANY_PIXELS') return notAPicture()
  const most = `${PIXELS_MAX / 1_000_000} million pixels`
  return invalid('file', `The picture has too many pixels: ${most} are the most.`, 'too_many_pixels')
}

function notAPicture(): Problem {
  return invalid('file', 'This is no picture that can be read. Send a PNG, JPEG, WebP or GIF.', 'not_a_picture')
}
