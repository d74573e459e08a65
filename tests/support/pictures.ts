import { Database as Connection } from 'bun:sqlite'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import type { Upload } from '../../src/shared/messages.ts'
import type { Answer, Person } from './person.ts'

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='

const drawn = (width: number, height: number) => new Bun.Image(Buffer.from(PIXEL, 'base64')).resize(width, height)
export const png = (width = 4, height = 3) => drawn(width, height).png().buffer()
export const jpeg = (width = 40, height = 20) => drawn(width, height).jpeg().buffer()
export const webp = (width = 4, height = 3) => drawn(width, height).webp({ lossless: true }).buffer()

/** A segment right behind the start of a JPEG. */
function withSegment(picture: Buffer, marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 0xff])
  return Buffer.concat([picture.subarray(0, 2), head, data, picture.subarray(2)])
}

/** As a telephone makes them: lying on its side, and saying where it was taken. */
export async function jpegWithGps(): Promise<Buffer> {
  const entry = (tag: number, type: number, count: number, value: Buffer) => {
    const head = Buffer.alloc(8)
    head.writeUInt16BE(tag, 0)
    head.writeUInt16BE(type, 2)
    head.writeUInt32BE(count, 4)
    return Buffer.concat([head, value])
  }
  const directory = (...entries: Buffer[]) =>
    Buffer.concat([Buffer.from([0, entries.length]), ...entries, Buffer.alloc(4)])
  const long = (value: number) => Buffer.from([0, 0, value >> 8, value & 0xff])
  const gpsAt = 8 + 2 + 2 * 12 + 4
  const tiff = Buffer.concat([
    Buffer.from([0x4d, 0x4d, 0, 42, 0, 0, 0, 8]),
    directory(entry(0x0112, 3, 1, Buffer.from([0, 6, 0, 0])), entry(0x8825, 4, 1, long(gpsAt))),
    directory(entry(0x0001, 2, 2, Buffer.from('N\0\0\0')), entry(0x001d, 2, 11, long(gpsAt + 30))),
    Buffer.from('2026:11:20 HERE I LIVE\0'),
  ])
  return withSegment(await jpeg(), 0xe1, Buffer.concat([Buffer.from('Exif\0\0'), tiff]))
}

/** A colour profile that is none: it travels along unread. */
export async function jpegWithProfile(text: string): Promise<Buffer> {
  const profile = Buffer.alloc(200)
  profile.writeUInt32BE(200, 0)
  profile.write('acsp', 36, 'latin1')
  profile.write(text, 140, 'latin1')
  return withSegment(await jpeg(), 0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1'), profile]))
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const size = Buffer.alloc(4)
  size.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([size, body, sum])
}

/** A black PNG of one bit a pixel: four hundred million of them take 50 KB. `lines` may be fewer than it claims. */
export function hugePng(side: number, lines = side): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header[8] = 1
  const data = deflateSync(Buffer.alloc(lines * (1 + Math.ceil(side / 8))), { level: 9 })
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

/** A PNG that says it has two frames; readers that do not know of them show the first. */
export async function animatedPng(): Promise<Buffer> {
  const still = await png()
  const control = chunk('acTL', Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]))
  return Buffer.concat([still.subarray(0, 33), control, still.subarray(33)])
}

/** Two by two pixels of four colours, in so many frames. */
export function gif(frames: number): Buffer {
  const frame = [0x21, 0xf9, 4, 4, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, 3, 0x4c, 0x12, 0x05, 0]
  const palette = [0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255]
  const loop = [0x21, 0xff, 11, ...Buffer.from('NETSCAPE2.0'), 3, 1, 0, 0, 0]
  const body = Array.from({ length: frames }, () => frame).flat()
  return Buffer.from([...Buffer.from('GIF89a'), 2, 0, 2, 0, 0xf1, 0, 0, ...palette, ...loop, ...body, 0x3b])
}

/** One pixel in a format that is read but not taken. */
export function bitmap(): Buffer {
  const head = Buffer.alloc(58)
  head.write('BM', 'latin1')
  const fields: [at: number, value: number][] = [
    [2, 58],
    [10, 54],
    [14, 40],
    [18, 1],
    [22, 1],
  ]
  for (const [at, value] of fields) head.writeUInt32LE(value, at)
  head.writeUInt16LE(1, 26)
  head.writeUInt16LE(24, 28)
  return head
}

export async function animatedWebp(): Promise<Buffer> {
  const part = (id: string, data: Buffer) => {
    const head = Buffer.alloc(8)
    head.write(id, 'latin1')
    head.writeUInt32LE(data.length, 4)
    return Buffer.concat([head, data, Buffer.alloc(data.length % 2)])
  }
  const still = (await webp()).subarray(12)
  const frame = part('ANMF', Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, 3, 0, 0, 2, 0, 0, 100, 0, 0, 0]), still]))
  const head = part('VP8X', Buffer.from([0x02, 0, 0, 0, 3, 0, 0, 2, 0, 0]))
  const parts = [Buffer.from('WEBP'), head, part('ANIM', Buffer.alloc(6)), frame, frame]
  return part('RIFF', Buffer.concat(parts))
}

export type Sent = Answer<{ upload: Upload } & { code?: string; detail?: string }>

/** Sends bytes as a browser's form would. */
export async function sends(
  person: Person,
  room: { id: string },
  bytes: Uint8Array,
  name = 'picture.png',
  type = 'image/png',
): Promise<Sent> {
  const form = new FormData()
  form.set('file', new File([new Uint8Array(bytes)], name, { type }))
  form.set('room_id', room.id)
  return sendsForm(person, '/api/upload', form)
}

export async function sendsForm<T = Sent['body']>(person: Person, path: string, form: FormData): Promise<Answer<T>> {
  const response = await fetch(person.url + path, { method: 'POST', headers: person.headers, body: form })
  return { status: response.status, body: (await response.json()) as T, headers: response.headers }
}

/** A second pair of hands on a server's data. */
export function onDisk({ dataDir }: { dataDir: string }) {
  const query = <T>(sql: string, ...values: (string | number)[]): T[] => {
    const db = new Connection(join(dataDir, 'chat.db'))
    db.run('PRAGMA busy_timeout = 5000')
    try {
      return db.query(sql).all(...values) as T[]
    } finally {
      db.close()
    }
  }
  return {
    query,
    paths: () => query<{ path: string }>('SELECT path FROM uploads').map(({ path }) => path),
    files(folder: 'avatars' | 'chat-images') {
      try {
        return readdirSync(join(dataDir, 'uploads', folder)).map(name => `${folder}/${name}`)
      } catch {
        return []
      }
    },
    read: (path: string) => Bun.file(join(dataDir, 'uploads', path)).bytes(),
  }
}
