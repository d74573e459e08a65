import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Picture } from './reencode.ts'

const FOLDERS = ['avatars', 'chat-images'] as const
type Folder = (typeof FOLDERS)[number]

/** The names that this server gives. Whatever else lies in the folder is not ours. */
const OWN_NAME = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\.(png|jpg|webp)$/

export type Files = ReturnType<typeof createFiles>

/** Pictures on disk, under random names. A path is `folder/name`, as rows and addresses carry it. */
export function createFiles(root: string) {
  async function keep(folder: Folder, { bytes, extension }: Pick<Picture, 'bytes' | 'extension'>): Promise<string> {
    const path = `${folder}/${crypto.randomUUID()}.${extension}`
    await mkdir(join(root, folder), { recursive: true })
    try {
      const file = await open(join(root, path), 'wx')
      try {
        await file.writeFile(bytes)
        // Before the row that names it: a picture that was accepted is there after a power cut.
        await file.sync()
      } finally {
        await file.close()
      }
    } catch (error) {
      await drop(path)
      throw error
    }
    return path
  }

  async function drop(path: string): Promise<void> {
    await rm(join(root, path), { force: true })
  }

  return {
    keep,
    drop,

    /** Keeps a picture for as long as `name` gives it a row, and drops it again when that fails. */
    async keeping<T>(folder: Folder, picture: Picture, name: (path: string) => Promise<T>): Promise<T> {
      const path = await keep(folder, picture)
      try {
        return await name(path)
      } catch (error) {
        await drop(path)
        throw error
      }
    },

    /** The file behind a path that a row names; null when it is not there. */
    async find(path: string) {
      const [folder, name = '', ...more] = path.split('/')
      if (!FOLDERS.some(known => known === folder) || !OWN_NAME.test(name) || more.length > 0) return null
      const file = Bun.file(join(root, path))
      return (await file.exists()) ? file : null
    },

    /** Every picture that was last written between two instants. */
    async between(after: number, before: number): Promise<string[]> {
      const paths: string[] = []
      for (const folder of FOLDERS) {
        for (const name of await readdir(join(root, folder)).catch(() => [])) {
          if (!OWN_NAME.test(name)) continue
          const written = await stat(join(root, folder, name)).catch(() => null)
          if (written && written.mtimeMs > after && written.mtimeMs < before) paths.push(`${folder}/${name}`)
        }
      }
      return paths
    },
  }
}
