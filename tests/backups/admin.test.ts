import { afterEach, beforeEach, expect, test } from 'bun:test'
import { BackupList } from '../../src/shared/backups.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.stop())

test('an admin backs up, sees how far it is, and then what was made', async () => {
  const ada = await server.person('Ada')
  const room = await ada.creates()
  await ada.says(room, 'Keep this')
  const list = async () => BackupList.parse(await ada.must('GET', '/api/admin/backups'))
  expect(await list()).toEqual({ backups: [], underway: null, failure: null })

  const begun = BackupList.parse(await ada.must('POST', '/api/admin/backups'))
  expect(begun.underway).toMatchObject({ step: 'copying', share: 0 })
  while ((await list()).underway) await Bun.sleep(10)
  expect((await list()).backups).toMatchObject([{ reason: 'by hand', messages: 1, pictures: 0 }])
  expect((await list()).failure).toBeNull()
})
