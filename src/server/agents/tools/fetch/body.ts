import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { ToolFailure } from '../tool.ts'

/** Bytes of a body, both as it comes and decoded. */
const BODY_MAX = 5_000_000
const LIMIT = { maxOutputLength: BODY_MAX }

const gunzip = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gunzip)
const inflate = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.inflate)
const inflateRaw = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.inflateRaw)
const unbrotli = promisify<Uint8Array, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress)

/** The whole body, decoded. Rejects in words when it is too large, and with what broke when it did not come whole. */
export async function readBody(response: IncomingMessage, host: string): Promise<Uint8Array> {
  const decode = decoderOf(response.headers['content-encoding'], host)
  if (Number(response.headers['content-length'] ?? 0) > BODY_MAX) throw tooLarge(host)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    size += chunk.length
    if (size > BODY_MAX) throw tooLarge(host)
    chunks.push(chunk)
  }
  try {
    return await decode(Buffer.concat(chunks))
  } catch (error) {
    // The decoder stops at its limit, whatever a few bytes would unfold to.
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(host)
    throw new ToolFailure(`${host} sent a page whose compression is damaged.`)
  }
}

function decoderOf(encoding: string | undefined, host: string): (bytes: Uint8Array) => Promise<Uint8Array> {
  const codings = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map(coding => coding.trim())
  const [coding, second] = codings.filter(name => name !== '' && name !== 'identity')
  if (coding === undefined) return async bytes => bytes
  // Nobody compresses twice but to hide how much it is.
  if (second === undefined) {
    if (coding === 'gzip' || coding === 'x-gzip') return bytes => gunzip(bytes, LIMIT)
    if (coding === 'br') return bytes => unbrotli(bytes, LIMIT)
    if (coding === 'deflate') return bytes => (isZlib(bytes) ? inflate : inflateRaw)(bytes, LIMIT)
  }
  throw new ToolFailure(`${host} sent a page in an encoding that cannot be read.`)
}

/** `deflate` means the zlib format; servers that send the bare one are as old as the name. */
function isZlib(bytes: Uint8Array): boolean {
  const [method = 0, flags = 0] = bytes
  return (method & 0x0f) === 8 && (method * 256 + flags) % 31 === 0
}

const tooLarge = (host: string) =>
  new ToolFailure(`The page at ${host} is larger than ${BODY_MAX / 1_000_000} MB and was not read.`)
