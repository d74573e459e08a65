import { ATTACHMENTS_MAX, UPLOAD_MAX } from '../../shared/limits.ts'
import type { Upload } from '../../shared/messages.ts'
import { Refusal } from '../api.ts'
import type { SendPicture } from '../calls/pictures.ts'
import { createObservable } from './observable.ts'

export const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif']

export type Picked = {
  key: number
  name: string
  /** An address of the picture within this page. */
  preview: string
  /** How much of it has gone out, from 0 to 1. */
  progress: number
  upload: Upload | null
  problem: string | null
  /** Whether another try may end otherwise. */
  retriable: boolean
}
export type PickedPictures = ReturnType<typeof createPickedPictures>

type Options = {
  send: SendPicture
  addresses: Pick<typeof URL, 'createObjectURL' | 'revokeObjectURL'>
}

/** What goes out with the next message of one room. Each picture is on its way as soon as it is picked. */
export function createPickedPictures({ send, addresses }: Options) {
  const { subscribe, changed } = createObservable()
  const originals = new Map<number, { file: File; attempt: AbortController }>()
  let all: Picked[] = []
  let refused: string[] = []
  let count = 0

  function change(key: number, news: Partial<Picked>) {
    all = all.map(picture => (picture.key === key ? { ...picture, ...news } : picture))
    changed()
  }

  async function start(key: number, file: File) {
    const attempt = new AbortController()
    originals.set(key, { file, attempt })
    change(key, { progress: 0, problem: null })
    try {
      const upload = await send(file, progress => change(key, { progress }), attempt.signal)
      change(key, { upload, progress: 1 })
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      change(key, { problem, retriable: !(error instanceof Refusal && error.is_final) })
    }
  }

  function forget(picture: Picked) {
    addresses.revokeObjectURL(picture.preview)
    originals.delete(picture.key)
  }

  return {
    subscribe,
    get all(): readonly Picked[] {
      return all
    },
    /** In words, what was picked and cannot go. */
    get refused(): readonly string[] {
      return refused
    },
    /** Whether all that is here can go out. */
    get settled() {
      return all.every(picture => picture.upload !== null)
    },
    add(files: readonly File[]) {
      refused = []
      for (const file of files) {
        const problem = all.length >= ATTACHMENTS_MAX ? tooMany(file) : refusalOfFile(file)
        if (problem) refused = [...refused, problem]
        else {
          const key = ++count
          const preview = addresses.createObjectURL(file)
          all = [...all, { key, name: file.name, preview, progress: 0, upload: null, problem: null, retriable: false }]
          void start(key, file)
        }
      }
      changed()
    },
    retry(key: number) {
      const original = originals.get(key)
      if (original) void start(key, original.file)
    },
    remove(key: number) {
      const picture = all.find(one => one.key === key)
      if (!picture) return
      originals.get(key)?.attempt.abort()
      all = all.filter(one => one !== picture)
      refused = []
      forget(picture)
      changed()
    },
    /** It was read what could not be picked. */
    dismiss() {
      refused = []
      changed()
    },
    /** What is ready leaves with the message. */
    take(): Upload[] {
      const uploads = all.flatMap(({ upload }) => (upload ? [upload] : []))
      for (const picture of all) forget(picture)
      all = []
      refused = []
      changed()
      return uploads
    },
  }
}

/** Told before a byte is sent; null for what can go. */
export function refusalOfFile({ name, size, type }: Pick<File, 'name' | 'size' | 'type'>): string | null {
  if (!PICTURE_TYPES.includes(type)) return `${name} is not a picture that can be sent: PNG, JPEG, WebP and GIF can.`
  if (size > UPLOAD_MAX) return `${name} is larger than ${UPLOAD_MAX / 1024 / 1024} MB.`
  return null
}

function tooMany({ name }: File): string {
  return `${name} is one too many: a message takes ${ATTACHMENTS_MAX} pictures.`
}
