import { z } from 'zod'
import { Instant } from './text.ts'

/** A copy of the database and of the pictures in it, checked after it was made. */
export const Backup = z.object({
  /** Under which `groupchat restore` finds it. */
  name: z.string(),
  created_at: Instant,
  verified_at: Instant,
  reason: z.enum(['daily', 'by hand', 'before an update']),
  /** Of the program that made it. */
  version: z.string(),
  database_bytes: z.int(),
  pictures: z.int(),
  picture_bytes: z.int(),
  messages: z.int(),
})
export type Backup = z.infer<typeof Backup>

export const BackupStep = z.enum(['copying', 'checking', 'pictures'])
export type BackupStep = z.infer<typeof BackupStep>

export const BackupList = z.object({
  /** Newest first. */
  backups: z.array(Backup),
  underway: z.object({ started_at: Instant, step: BackupStep, share: z.number() }).nullable(),
  /** Why the last one failed, where nothing has succeeded since. */
  failure: z.object({ at: Instant, message: z.string() }).nullable(),
})
export type BackupList = z.infer<typeof BackupList>
