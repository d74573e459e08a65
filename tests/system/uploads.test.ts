import { beforeAll, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import type { Upload } from '../../src/shared/messages.ts'
import { party } from '../support/party.ts'
import { gif, jpeg, jpegWithGps, jpegWithProfile, onDisk, png, webp } from '../support/pictures.ts'
import type { Visitor } from '../support/visitor.ts'

const host = party()

const SCRIPT = "alert(1);document.title='ran';fetch('/ran')"
const PAGE = `<!doctype html><title>still</title><img src=x onerror="${SCRIPT}"><script>${SCRIPT}</script>`
const DRAWING = `<svg xmlns="http://www.w3.org/2000/svg" onload="${SCRIPT}"><script>${SCRIPT}</script></svg>`
const POLYGLOT = `GIF89a/*\0\0\0\0\0*/=1;${SCRIPT}//`
const behind = (picture: Buffer) => Buffer.concat([picture, Buffer.from(PAGE)])

type File = { name: string; mimeType: string; buffer: Buffer }
const refused: [what: string, file: () => File | Promise<File>][] = [
  ['a page', () => ({ name: 'page.png', mimeType: 'image/png', buffer: Buffer.from(PAGE) })],
  ['a drawing', () => ({ name: 'drawing.png', mimeType: 'image/png', buffer: Buffer.from(DRAWING) })],
  ['a script', () => ({ name: 'polyglot.gif', mimeType: 'image/gif', buffer: Buffer.from(POLYGLOT, 'latin1') })],
  [
    'a page as a colour profile',
    async () => ({
      name: 'profile.jpg',
      mimeType: 'image/jpeg',
      buffer: await jpegWithProfile('<SCRIPT>alert(1)</SCRIPT>'),
    }),
  ],
]
const accepted: [what: string, file: () => Promise<File>][] = [
  ['a photograph', async () => ({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: await jpegWithGps() })],
  ['a PNG', async () => ({ name: 'tail.png', mimeType: 'image/png', buffer: behind(await png(30, 20)) })],
  ['a JPEG named like a page', async () => ({ name: 'x.html', mimeType: 'image/jpeg', buffer: behind(await jpeg()) })],
  ['a WebP', async () => ({ name: 'tail.webp', mimeType: 'image/webp', buffer: behind(await webp(30, 20)) })],
  ['a GIF', async () => ({ name: 'tail.gif', mimeType: 'image/gif', buffer: behind(gif(1)) })],
]

/** What a tab did that a picture does not do. */
function watches(page: Page): string[] {
  const done: string[] = []
  page.on('dialog', async dialog => {
    done.push(`dialog: ${dialog.message()}`)
    await dialog.dismiss()
  })
  page.on('request', request => {
    if (request.url().endsWith('/ran')) done.push('request')
  })
  return done
}

let disk: ReturnType<typeof onDisk>
beforeAll(() => {
  disk = onDisk(host.server)
})

async function picks(visitor: Visitor, file: File) {
  const answered = visitor.page.waitForResponse(response => response.url().endsWith('/api/upload'))
  await visitor.page.getByLabel('Pictures', { exact: true }).setInputFiles(file)
  return answered
}

test('what only claims to be a picture is refused where it was picked, and nothing of it is kept', async () => {
  const ada = await host.oneIn('Ada', 'customs')
  const done = watches(ada.page)
  for (const [what, make] of refused) {
    const file = await make()
    const answer = await picks(ada, file)
    expect([what, answer.status()]).toEqual([what, 422])
    await ada.page.getByRole('alert').filter({ hasText: file.name }).waitFor()
    expect(await ada.page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true)
    await ada.presses(`Remove ${file.name}`)
    await ada.page.getByRole('alert').filter({ hasText: file.name }).waitFor({ state: 'detached' })
  }
  expect({ done, files: disk.files('chat-images'), rows: disk.paths() }).toEqual({ done: [], files: [], rows: [] })
})

test('what is kept runs nothing when it is opened by itself, and is not there for anybody else', async () => {
  const grace = await host.oneIn('Grace', 'passed')
  const uploads: [what: string, upload: Upload][] = []
  for (const [what, make] of accepted) {
    const answer = await picks(grace, await make())
    expect([what, answer.status()]).toEqual([what, 201])
    uploads.push([what, (await answer.json()).upload])
  }
  await grace.page.getByRole('button', { name: 'Send', exact: true }).click()
  await grace.page.locator('article[data-status=complete] message-pictures img').first().waitFor()

  for (const path of disk.files('chat-images')) {
    const kept = Buffer.from(await disk.read(path)).toString('latin1')
    for (const trace of ['<script', 'onerror', 'alert(', 'Exif', 'HERE I LIVE'])
      expect([path, kept.includes(trace)]).toEqual([path, false])
  }

  // A tab of its own: the browser's own page around a picture wants a style that our policy refuses, and says so.
  const tab = await grace.page.context().newPage()
  const done = watches(tab)
  const { visitor: stranger } = await host.member('Zoe')
  const passer = await host.arrives('Passer')
  for (const [what, { url, mime, width, height }] of uploads) {
    const answer = await tab.goto(host.server.url + url)
    expect([what, answer?.status(), answer?.headers()['content-type']]).toEqual([what, 200, mime])
    const shown = await tab.evaluate(() => ({
      type: document.contentType,
      scripts: document.scripts.length,
      pictures: [...document.images].map(({ naturalWidth, naturalHeight }) => [naturalWidth, naturalHeight]),
    }))
    expect([what, shown]).toEqual([what, { type: mime, scripts: 0, pictures: [[width ?? 0, height ?? 0]] }])
    expect([what, await tab.title()]).not.toEqual([what, 'ran'])
    for (const [other, status] of [
      [stranger, 404],
      [passer, 401],
    ] as const) {
      const answer = await other.page.goto(host.server.url + url)
      expect([what, other.name, answer?.status()]).toEqual([what, other.name, status])
      expect(answer?.headers()['content-type']).not.toStartWith('image/')
    }
  }
  expect(done).toEqual([])
})
