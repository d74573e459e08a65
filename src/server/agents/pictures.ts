import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Upload } from '../../shared/messages.ts'

/** Pixels of the longer side; providers scale down to about this themselves and charge for the rest. */
const SIDE_MAX = 1_568
/** Refused before a pixel is decoded: a small file can claim a huge canvas. */
const PIXELS_MAX = 40_000_000

const EXTENSIONS: Record<string, string> = { jpeg: 'jpg', png: 'png', webp: 'webp' }

export type Kept = { path: string; mime: string; bytes: number; width: number; height: number }

/** Pictures under the folder of uploads, for models to see and from models to keep. */
export function createPictures(folder: string) {
  return {
    /** The picture scaled down, as a data URL; null when it is gone or no picture. */
    async look({ url }: Pick<Upload, 'url'>): Promise<string | null> {
      const file = Bun.file(join(folder, url.replace(/^\/uploads\//, '')))
      if (!(await file.exists())) return null
      try {
        const picture = new Bun.Image(await file.bytes(), { maxPixels: PIXELS_MAX })
        const { format } = await picture.metadata()
        picture.resize(SIDE_MAX, SIDE_MAX, { fit: 'inside', withoutEnlargement: true })
        // A drawing with a transparent ground would turn black as a JPEG.
        return await (format === 'jpeg' ? picture.jpeg({ quality: 85 }) : picture.png()).dataurl()
      } catch {
        return null
      }
    },

    /** Keeps what a model drew, re-encoded, so that nothing but pixels is stored. Null for what is no picture. */
    async keep(dataUrl: string): Promise<Kept | null> {
      const encoded = /^data:image\/[\w.+-]+;base64,(.+)$/s.exec(dataUrl)?.[1]
      if (!encoded) return null
      try {
        const picture = new Bun.Image(Buffer.from(encoded, 'base64'), { maxPixels: PIXELS_MAX })
        const { format, width, height } = await picture.metadata()
        const kind = format in EXTENSIONS ? format : 'png'
        if (kind === 'png') picture.png()
        const bytes = await picture.bytes()
        const path = `chat-images/${crypto.randomUUID()}.${EXTENSIONS[kind]}`
        await mkdir(dirname(join(folder, path)), { recursive: true })
        await Bun.write(join(folder, path), bytes)
        return { path, mime: `image/${kind}`, bytes: bytes.length, width, height }
      } catch {
        return null
      }
    },
  }
}

export type Pictures = ReturnType<typeof createPictures>
