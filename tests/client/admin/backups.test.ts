import { afterAll, beforeAll, expect, test } from 'bun:test'
import { amountWords, progressWords, sizeWords } from '../../../src/client/components/admin/backups.ts'
import type { Backup, BackupList } from '../../../src/shared/backups.ts'
import { openPage } from '../../support/riot.ts'

const BACKUP: Backup = {
  name: 'groupchat-2026-11-20T09-30-00Z',
  created_at: '2026-11-20T09:30:00.000Z',
  verified_at: '2026-11-20T09:30:04.000Z',
  reason: 'daily',
  version: '0.1.0',
  database_bytes: 12_300_000,
  pictures: 0,
  picture_bytes: 0,
  messages: 1,
}

test.each([
  [0, '0 KB'],
  [1_001, '2 KB'],
  [12_345_678, '12.3 MB'],
  [2_000_000_000, '2 GB'],
])('%d bytes are %s', (bytes, words) => expect(sizeWords(bytes)).toBe(words))

test('what a backup holds, and how far one is', () => {
  expect(amountWords(BACKUP)).toBe('Daily · 12.3 MB · 1 message')
  expect(amountWords({ ...BACKUP, reason: 'by hand', messages: 2, pictures: 40, picture_bytes: 61_000_000 })).toBe(
    'By hand · 12.3 MB · 2 messages · 40 pictures of 61 MB',
  )
  const started_at = '2026-11-20T09:30:00.000Z'
  expect(progressWords({ started_at, step: 'copying', share: 0.429 })).toBe('Copying the database… 42 %')
  expect(progressWords({ started_at, step: 'checking', share: 0 })).toBe('Checking the copy…')
})

let page: ReturnType<typeof openPage>
beforeAll(() => {
  page = openPage()
})
afterAll(() => page.close())

test('the button begins one, says how far it is, and then that it is there', async () => {
  const started_at = '2026-11-20T09:30:00.000Z'
  const answers: BackupList[] = [
    { backups: [], underway: null, failure: null },
    { backups: [], underway: { started_at, step: 'copying', share: 0.5 }, failure: null },
    { backups: [BACKUP], underway: null, failure: null },
  ]
  const calls: string[] = []
  const call = async (method: string, path: string) => {
    calls.push(`${method} ${path}`)
    return answers.shift()
  }
  await page.mount('../../src/client/components/admin/admin-backups.riot', { app: { api: { call } } })
  const section = () => document.querySelector('[data-backups]')
  const button = () => section()?.querySelector<HTMLButtonElement>('button')
  const shows = async (words: string) => {
    while (!section()?.textContent?.includes(words)) await Bun.sleep(1)
  }
  await shows('There is none yet.')
  expect(button()?.disabled).toBeFalse()
  button()?.click()
  await shows('Copying the database… 50 %')
  expect(button()?.disabled).toBeTrue()
  await shows('Backed up and verified.')
  expect(section()?.querySelector('li')?.textContent).toContain('Verified')
  expect(section()?.textContent).toContain('groupchat restore groupchat-2026-11-20T09-30-00Z')
  expect(button()?.disabled).toBeFalse()
  expect(calls).toEqual(['GET /api/admin/backups', 'POST /api/admin/backups', 'GET /api/admin/backups'])
})

test('a failure is told in the words of the server', async () => {
  const failure = { at: '2026-11-20T09:30:00.000Z', message: 'The disk is full. Make room.' }
  const call = async (): Promise<BackupList> => ({ backups: [BACKUP], underway: null, failure })
  await page.mount('../../src/client/components/admin/admin-backups.riot', { app: { api: { call } } })
  while (!document.querySelector('[role=alert]')) await Bun.sleep(1)
  expect(document.querySelector('[role=alert]')?.textContent).toBe(
    'The last backup failed. The disk is full. Make room.',
  )
})
