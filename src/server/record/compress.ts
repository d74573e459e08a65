import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { allParts, syncFolder } from './files.ts'

/**
 * Puts a full part away as `.gz`. The part itself goes only once the other is on disk; a crash before that, or whoever stops
 * it by the signal, leaves it to the next start.
 */
export async function compress(path: string, signal?: AbortSignal): Promise<void> {
  if (!existsSync(path)) return
  const done = `${path}.gz`
  const temporary = `${done}.new`
  try {
    signal?.throwIfAborted()
    await pipeline(createReadStream(path), createGzip(), createWriteStream(temporary, { mode: 0o600 }), { signal })
    const file = await open(temporary, 'r+')
    await file.sync().finally(() => file.close())
    renameSync(temporary, done)
    syncFolder(done)
    rmSync(path)
  } catch (error) {
    rmSync(temporary, { force: true })
    if (!signal?.aborted) throw error
  }
}

/** What an earlier process was kept from. */
export async function compressLeftovers(folder: string, signal?: AbortSignal): Promise<void> {
  for (const { path } of allParts(folder)) {
    if (path.endsWith('.gz')) continue
    if (existsSync(`${path}.gz`)) rmSync(path)
    else await compress(path, signal)
  }
}
