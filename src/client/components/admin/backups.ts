import type { Backup, BackupList } from '../../../shared/backups.ts'
import { plural } from '../../pages/invite-words.ts'

const STEPS = {
  copying: 'Copying the database',
  checking: 'Checking the copy',
  pictures: 'Adding the pictures',
} as const

const REASONS = { daily: 'Daily', 'by hand': 'By hand', 'before an update': 'Before an update' } as const

const amount = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })
const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

/** `12.3 MB`, in the steps of a thousand in which disks are sold. */
export function sizeWords(bytes: number): string {
  if (bytes < 1_000_000) return `${amount.format(Math.ceil(bytes / 1000))} KB`
  return bytes < 1_000_000_000 ? `${amount.format(bytes / 1_000_000)} MB` : `${amount.format(bytes / 1_000_000_000)} GB`
}

/** How far the one is that is being made. */
export function progressWords({ step, share }: NonNullable<BackupList['underway']>): string {
  return `${STEPS[step]}…${share > 0 ? ` ${Math.floor(share * 100)} %` : ''}`
}

/** `Daily · 12.3 MB · 8,120 messages · 40 pictures of 61 MB`. */
export function amountWords({ reason, database_bytes, messages, pictures, picture_bytes }: Backup): string {
  const parts = [REASONS[reason], sizeWords(database_bytes), plural(messages, 'message')]
  if (pictures > 0) parts.push(`${plural(pictures, 'picture')} of ${sizeWords(picture_bytes)}`)
  return parts.join(' · ')
}

export function timeWords({ created_at }: Backup): string {
  return time.format(new Date(created_at))
}
