import type { BackupStep } from '../../shared/backups.ts'
import type { Manifest } from './manifest.ts'

/** What the process that makes a backup is told … */
export type Job = { dataDir: string; database: string; reason: Manifest['reason']; version: string }

/** … and what it answers, a line each: where the copy grows, how far it is, and at last how it ended. */
export type Answer = { growing: string } | { step: BackupStep } | { done: string } | { failed: string }
