import { PIXELS_MAX } from '../../shared/limits.ts'
import type { Upload } from '../../shared/messages.ts'
import type { Files } from '../uploads/files.ts'
import type { Reencode } from '../uploads/reencode.ts'

/** Pixels of the longer side; providers scale down to about this themselves and charge for the rest. */
const SIDE_MAX = 1_568

export type Kept = { path: string; mime: string; bytes: number; width: number; height: number }

/** Pictures under the folder of uploads, for models to see and from models to keep. */
export function createPictures(files: Files, reencode: Reencode) {
  return {
    /** The picture scaled down, as a data URL; null when it is gone or no picture. */
    async look({ url }: Pick<Upload, 'url'>): Promise<string | null> {
      const file = await files.find(url.replace(/^\/uploads\//, ''))
      if (!file) return null
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

    /** Keeps what a model drew, re-encoded, so that nothing but pixels is stored. Rejects for what is no picture, and when it cannot be stored. */
    async keep(dataUrl: string): Promise<Kept> {
      const encoded = /^data:image\/[\w.+-]+;base64,(.+)$/s.exec(dataUrl)?.[1]
      if (!encoded) throw new Error('The model drew nothing that is a picture')
      const picture = await reencode(Buffer.from(encoded, 'base64'))
      const path = await files.keep('chat-images', picture)
      const { mime, width, height } = picture
      return { path, mime, bytes: picture.bytes.length, width, height }
    },
  }
}

export type Pictures = ReturnType<typeof createPictures>
