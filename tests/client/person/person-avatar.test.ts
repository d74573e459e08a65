import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openPage } from '../../support/riot.ts'

let browser: ReturnType<typeof openPage>
beforeAll(() => {
  browser = openPage()
})
afterAll(() => browser.close())

const show = (props: object) =>
  browser.mount('../../src/client/components/person/person-avatar.riot', { id: 'ada', name: 'Ada Lovelace', ...props })

test('somebody without a picture is two letters', async () => {
  expect((await show({ url: null })).textContent?.trim()).toBe('AL')
})

test('somebody with one is the picture, and two letters again when it does not come', async () => {
  const avatar = await show({ url: '/uploads/avatars/ada.webp' })
  const picture = avatar.querySelector('img')
  expect(picture?.getAttribute('src')).toBe('/uploads/avatars/ada.webp')
  expect(avatar.textContent?.trim()).toBe('')
  picture?.dispatchEvent(new Event('error'))
  expect(avatar.querySelector('img')).toBeNull()
  expect(avatar.textContent?.trim()).toBe('AL')
})

test('agents keep their mark', async () => {
  const avatar = await show({ agent: true, url: '/uploads/avatars/a.webp' })
  expect(avatar.querySelector('img')).toBeNull()
  expect(avatar.querySelector('svg')).not.toBeNull()
})
