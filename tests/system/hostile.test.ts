import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { ATTACHMENTS_MAX } from '../../src/shared/limits.ts'
import type { Message } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import { type FakeProvider, type RecordedRequest, type Script, startFakeProvider } from '../support/fake-provider.ts'
import { party } from '../support/party.ts'
import { batches, lines, PAYLOADS } from '../support/payloads.ts'
import type { Person } from '../support/person.ts'
import { png, sends } from '../support/pictures.ts'
import { startTestServer } from '../support/server.ts'
import { spanTripwire } from '../support/tripwire.ts'
import type { Visitor } from '../support/visitor.ts'

const host = party()
const NAMES = lines(60)
const TITLES = lines(80)
/** A page of messages, and no more than a timeline draws at once. */
const ROOMFUL = 48

/** A search engine and the pages that it finds, all of them hostile. */
let site: ReturnType<typeof Bun.serve>
let provider: FakeProvider
let two: [Person, Person]

beforeAll(async () => {
  site = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: request => siteAnswers(new URL(request.url)) })
  await host.server.stop()
  provider = await startFakeProvider({ handler: answered })
  host.server = await startTestServer({
    provider,
    env: { SEARCH_PROVIDER: 'searxng', SEARXNG_URL: site.url.origin, WEB_FETCH_ALLOW: site.url.host },
  })
  two = [await host.server.person('Mallory'), await host.server.person('Trudy')]
})
afterAll(async () => {
  await site.stop(true)
  await provider.stop()
})

/** What one search finds, and what one page says. */
const FOUND = batches(PAYLOADS, 8)
const WRITTEN = batches(PAYLOADS, ROOMFUL / 2)

function siteAnswers({ pathname, searchParams }: URL): Response {
  if (pathname === '/search') {
    const found = FOUND[Number(searchParams.get('q')?.match(/\d+/)?.[0])] ?? []
    const url = (text: string, at: number) => `${site.url.origin}/page/${at}/${text}`
    const result = (text: string, at: number) => ({
      title: text,
      content: text,
      url: url(text, at),
      publishedDate: text,
    })
    return Response.json({ results: found.map(result) })
  }
  const at = Number(pathname.split('/')[2])
  const written = WRITTEN[at] ?? []
  if (at % 2) return new Response(written.join('\n\n'), { headers: { 'content-type': 'text/plain' } })
  const paragraphs = written.map(text => `<p>${text}</p><p>${Bun.escapeHTML(text)}</p>`)
  const page = `<title>${written[0]}</title><article>${paragraphs.join('\n')}`
  return new Response(page, { headers: { 'content-type': 'text/html' } })
}

/** The addresses at which the payloads of one answer can be read. */
const pagesOf = (n: number) => [2 * n, 2 * n + 1].map(at => `${site.url.origin}/page/${at}`)

/** Looks everything up first, under names and in places that are hostile too, and then says it piece by piece. */
function answered({ body }: RecordedRequest): Script {
  const asked = JSON.stringify(body.messages.findLast(({ role }) => role === 'user')?.content)
  const n = Number(asked.match(/number (\d+)/)?.[1])
  const texts = batches(PAYLOADS, ROOMFUL)[n] ?? []
  const aloud = texts.join('\n\n')
  if (body.messages.at(-1)?.role === 'tool') return { text: aloud.match(/[\s\S]{1,3}/gu) ?? [], pace: PACE_MS }
  const searches = batches(texts, 8).map((found, at) => {
    const query = `${(n * ROOMFUL) / 8 + at} ${found[at]}`
    return { id: `search_${n}_${at}`, name: 'web_search', arguments: { query } }
  })
  const fetches = pagesOf(n).map((url, at) => ({ id: `fetch_${n}_${at}`, name: 'web_fetch', arguments: { url } }))
  const toolCalls = [...searches, ...fetches]
  return { reasoning: aloud, text: 'Let me see.', toolCalls }
}
/** As slow as it has to be for the page to draw it cut in as many places as it can. */
const PACE_MS = 1

/** Somebody who reads it all, over the wire, in a browser. */
async function reader(name: string) {
  const person = await host.server.person(name)
  const visitor = await host.arrives(name)
  const wire = await spanTripwire(visitor.page, host.server.url)
  await visitor.isSignedIn(person)
  return {
    ...{ person, visitor, wire },
    /** Nothing on the page could act. */
    async isSafe() {
      expect(await wire.findings()).toEqual([])
    },
    /** Nothing acted, up to now. */
    async wasSafe() {
      expect(await wire.spoils()).toEqual([])
    },
  }
}
type Reader = Awaited<ReturnType<typeof reader>>

/** Goes through the conversation, of which only a part is drawn at a time, until all of these were shown. */
async function readsAll({ visitor, wire, isSafe }: Reader, wanted: string[]) {
  for (;;) {
    await isSafe()
    const shown = new Set(await wire.shown())
    if (wanted.every(id => shown.has(id))) return
    await visitor.log.evaluate(log => {
      const is_over = log.scrollTop + log.clientHeight >= log.scrollHeight - 2
      log.scrollTop = is_over ? 0 : log.scrollTop + log.clientHeight * 0.8
    })
    await visitor.drawn()
  }
}

const isNamed = (person: Person, display_name: string) => person.must('PATCH', '/api/auth/profile', { display_name })

/** The payload where a link's title, a picture's description and the language of a piece of code are written. */
const inHoles = (payload: string) =>
  [
    `[x](https://a.test "${payload}")`,
    `![${payload}](https://a.test/x.png)`,
    `~~~${payload.replaceAll(/[\n\r]/g, ' ')}`,
    payload,
    '~~~',
  ].join('\n\n')

/** A room with a hostile name in which each of these was said in answer to the one before, by somebody with a hostile name. */
async function roomOf(owner: Person, texts: string[], at: number) {
  const description = PAYLOADS[at]?.replaceAll('\0', '')
  const room = await owner.creates({ name: TITLES[at], description, ai_mode: 'off' })
  for (const person of two) await person.joins(room)
  const said: { author: Person; message: Message; text: string }[] = []
  const speaks = async (author: Person, turn: number) => {
    for (const [index, text] of texts.entries()) {
      if (index % two.length !== turn) continue
      await isNamed(author, NAMES[(at + index) % NAMES.length] ?? 'x')
      const answer = await author.call<{ message: Message }>('POST', `/api/rooms/${room.id}/messages`, {
        content: text,
        client_id: crypto.randomUUID(),
        reply_to: said.at(-1)?.message.id,
      })
      // What cannot be kept is refused at the door; everything else has to be shown.
      const is_refused = text.includes('\0') || !text.trim()
      expect([text, answer.status]).toEqual([text, is_refused ? 422 : 201])
      if (!is_refused) said.push({ author, message: answer.body.message, text })
    }
  }
  await Promise.all(two.map(speaks))
  return { room, said }
}

test('there are enough of them', () => {
  expect(PAYLOADS.length).toBeGreaterThan(400)
})

describe('nothing runs of', () => {
  test('what somebody says, quotes and edits, whatever their name and the name and topic of the room', async () => {
    const vera = await reader('Vera')
    const { visitor, person, wire } = vera
    const read: string[] = []
    await visitor.opens('/')
    for (const [n, texts] of batches(PAYLOADS, ROOMFUL).entries()) {
      const { room, said } = await roomOf(person, texts, n * ROOMFUL)
      await visitor.page.locator(`nav a[href="/rooms/${room.id}"]`).click()
      const ids = said.map(({ message }) => message.id)
      await readsAll(vera, ids)
      await Promise.all(
        said.map(({ author, message, text }) =>
          author.must('PATCH', `/api/messages/${message.id}`, { content: inHoles(text) }),
        ),
      )
      // As they were called then: whoever has left has no other name any more.
      for (const author of two) await author.must('POST', `/api/rooms/${room.id}/leave`)
      await readsAll(
        vera,
        ids.map(id => `${id} edited`),
      )
      read.push(...ids)
    }
    // Nothing that was said made messages of its own.
    expect((await wire.shown()).filter(id => !id.endsWith('edited')).sort()).toEqual(read.sort())
    await vera.wasSafe()
  })

  test('what an assistant thinks, looks up and answers, while it comes and afterwards', async () => {
    const numbered = [...batches(PAYLOADS, ROOMFUL).entries()]
    async function asks({ person, visitor, isSafe, wasSafe }: Reader, share: typeof numbered) {
      const room = await person.creates()
      await visitor.opens(`/rooms/${room.id}`)
      await visitor.composer.waitFor()
      for (const [n, texts] of share) {
        await person.says(room, `number ${n} @assistant ${pagesOf(n).join(' ')}`)
        await visitor.until(
          ([n, tools]) => {
            const rows = [...document.querySelectorAll('article')]
            const asked = rows.findIndex(row => row.textContent?.includes(`number ${n} `))
            const answer = rows.find(
              (row, at) => asked >= 0 && at > asked && row.matches('.agent[data-status=complete]'),
            )
            for (const details of answer?.querySelectorAll('details') ?? []) details.open = true
            return answer?.querySelectorAll('[data-tool] .more').length === tools
          },
          [n, batches(texts, 8).length + 2] as const,
        )
        await isSafe()
      }
      await wasSafe()
    }
    const readers = await Promise.all(['Walt', 'Xena', 'Yves'].map(reader))
    const shareOf = (at: number) => numbered.filter(([n]) => n % readers.length === at)
    await Promise.all(readers.map((each, at) => asks(each, shareOf(at))))
  })

  test('the names of people, rooms and topics, while they change in front of everybody', async () => {
    const SOME = 20
    const vito = await reader('Vito')
    const { visitor, person } = vito
    const one = Array.from({ length: SOME })
    const rooms = await Promise.all(one.map((_, at) => person.creates({ name: `room ${at}`, ai_mode: 'off' })))
    const people = await Promise.all(one.map((_, at) => host.server.person(`Nemo ${at}`)))
    const home = rooms[0] as Room
    for (const each of people) await each.joins(home)
    await visitor.opens(`/rooms/${home.id}`)
    for (const each of people) await each.says(home, people.map(({ user }) => `@${user.handle}`).join(' '))
    await visitor.until(wanted => document.querySelectorAll('article .mention').length === wanted, SOME * SOME)
    for (const names of batches(TITLES, SOME)) {
      await Promise.all([
        ...names.map((name, at) => isNamed(people[at] as Person, name.slice(0, 60).trim())),
        ...names.map((name, at) => person.must('PATCH', `/api/rooms/${rooms[at]?.id}`, { name, description: name })),
        ...people.map(each => each.must('POST', `/api/rooms/${home.id}/typing`)),
      ])
      const last = { id: rooms[names.length - 1]?.id, name: names.at(-1)?.replace(/\s+/g, ' ').toWellFormed() ?? '' }
      await visitor.until(({ id, name }) => {
        const link = document.querySelector(`nav a[href="/rooms/${id}"]`)
        return link?.textContent?.replace(/\s+/g, ' ').includes(name)
      }, last)
      await visitor.drawn()
      await vito.isSafe()
    }
    await vito.wasSafe()
  })

  test('the names of pictures, before they are sent, beneath a message and large', async () => {
    const olga = await reader('Olga')
    const { visitor, person } = olga
    const room = await person.creates({ ai_mode: 'off' })
    await visitor.opens(`/rooms/${room.id}`)
    await visitor.composer.waitFor()
    const buffer = await png()
    const names = PAYLOADS.map(name => name.replaceAll('\0', ''))
    const files = names.filter((_, at) => at % 4 === 0).map(name => ({ name, mimeType: 'image/png', buffer }))
    for (const some of batches(files, ATTACHMENTS_MAX)) {
      await visitor.page.getByLabel('Pictures', { exact: true }).setInputFiles(some)
      await visitor.until(wanted => {
        const tray = document.querySelector('picture-tray')
        return tray?.querySelectorAll('img').length === wanted && !tray.querySelector('progress')
      }, some.length)
      await olga.isSafe()
      await visitor.page.getByRole('button', { name: 'Send', exact: true }).click()
      await visitor.page.locator('picture-tray li').first().waitFor({ state: 'detached' })
    }
    const sent = await Promise.all(names.filter((_, at) => at % 4).map(name => sends(person, room, buffer, name)))
    for (const some of batches(sent, ATTACHMENTS_MAX)) {
      const attachment_ids = some.map(({ body }) => body.upload.id)
      await person.must('POST', `/api/rooms/${room.id}/messages`, {
        content: '',
        client_id: crypto.randomUUID(),
        attachment_ids,
      })
    }
    await visitor.until(
      wanted => document.querySelectorAll('message-pictures img').length >= wanted,
      Math.min(PAYLOADS.length, 30 * ATTACHMENTS_MAX),
    )
    await olga.isSafe()
    await olga.wasSafe()
  })
  test('an invitation, whoever sends it to wherever', async () => {
    const ines = await reader('Ines')
    const { visitor } = ines
    await visitor.opens('/')
    await visitor.presses('Sign out')
    await visitor.page.getByRole('heading', { name: 'Sign in' }).waitFor()
    const inviter = await host.server.person('Inviter')
    const room = await inviter.creates()
    const { url } = await inviter.must<{ url: string }>('POST', '/api/invites', { room_id: room.id, max_uses: 1 })
    for (const name of NAMES.filter((_, at) => at % 12 === 0)) {
      await Promise.all([isNamed(inviter, name), inviter.must('PATCH', `/api/rooms/${room.id}`, { name })])
      await goesTo(visitor, '/sign-up')
      await visitor.page.getByRole('button', { name: 'Sign up' }).waitFor()
      await goesTo(visitor, new URL(url).pathname)
      await visitor.page.getByText('invites you to talk in this room.').waitFor()
      await ines.isSafe()
    }
    await ines.wasSafe()
  })

  test('what is searched for, what is found, and what calls for somebody', async () => {
    const inge = await reader('Inge')
    const { visitor, person } = inge
    const rooms = await Promise.all(batches(PAYLOADS, ROOMFUL).map((_, at) => person.creates({ name: TITLES[at] })))
    const [caller] = two
    for (const room of rooms) await caller.joins(room)
    const roomAt = (at: number) => Math.floor(at / ROOMFUL)
    const calls = PAYLOADS.map(
      (payload, at) => `@${person.user.handle} heap${roomAt(at)} ${payload.replaceAll('\0', '')}`,
    )
    await Promise.all(calls.map((text, at) => caller.says(rooms[roomAt(at)] as Room, text)))

    await visitor.opens('/inbox')
    const older = visitor.page.getByRole('button', { name: 'Show older' })
    const seen = () => visitor.page.locator('.stage a.hit').count()
    await visitor.page.locator('.stage a.hit').first().waitFor()
    while (await older.isVisible()) {
      const before = await seen()
      await older.click()
      await visitor.until(before => document.querySelectorAll('.stage a.hit').length > before, before)
    }
    expect(await seen()).toBe(calls.length)
    await inge.isSafe()

    for (const [at] of rooms.entries()) {
      await goesTo(visitor, `/search?q=heap${at}`)
      await visitor.page
        .locator('.stage a.hit mark', { hasText: `heap${at}` })
        .first()
        .waitFor()
      await visitor.page.getByRole('button', { name: 'Show more' }).click()
      const wanted = PAYLOADS.filter((_, index) => roomAt(index) === at).length
      await visitor.until(wanted => document.querySelectorAll('.stage a.hit').length === wanted, wanted)
      await inge.isSafe()
    }
    const field = visitor.page.getByLabel('Search messages')
    for (const payload of PAYLOADS.filter((_, at) => at % 20 === 0)) {
      await field.fill(payload)
      await visitor.drawn()
      await inge.isSafe()
    }
    await inge.wasSafe()
  })

  test('what is written into the address bar', async () => {
    const anna = await reader('Anna')
    const { visitor, person } = anna
    await person.creates()
    await visitor.opens('/')
    await visitor.composer.waitFor()
    const ways = [
      (payload: string) => `/m/${encodeURIComponent(payload.toWellFormed())}`,
      (payload: string) => `/rooms/${encodeURIComponent(payload.toWellFormed())}`,
      (payload: string) => `/sign-in?next=${encodeURIComponent(payload.toWellFormed())}`,
      (payload: string) => `/sign-in?next=/${payload}`,
      (payload: string) => `/x${encodeURI(payload.toWellFormed())}`,
    ]
    const paths = PAYLOADS.filter((_, at) => at % 10 === 0).map(
      (payload, at) => ways[at % ways.length]?.(payload) ?? '/',
    )
    for (const path of [...paths, ...WAYS_OUT]) {
      await goesTo(visitor, path)
      await visitor.drawn()
      await anna.isSafe()
    }
    await anna.wasSafe()
  })
})

/** Where nobody is sent after signing in. */
const WAYS_OUT = [
  '//evil.test',
  '/\\evil.test',
  '/\t/evil.test',
  '/\n\\evil.test',
  'https://evil.test',
  '/..//evil.test',
].map(next => `/sign-in?next=${encodeURIComponent(next)}`)

/** Within the page, as its own links lead. */
async function goesTo(visitor: Visitor, path: string) {
  await visitor.page.evaluate(path => {
    history.pushState(null, '', path)
    dispatchEvent(new PopStateEvent('popstate'))
  }, path)
}

test('none of them is a reaction, and each can be searched for', async () => {
  const [first] = two
  const room = await first.creates({ ai_mode: 'off' })
  const message = await first.says(room, PAYLOADS.join('\n').replaceAll('\0', '').slice(0, 15_000))
  const answers = await Promise.all(
    PAYLOADS.map(async payload => {
      const written = encodeURIComponent(payload.toWellFormed())
      const reaction = await first.call('PUT', `/api/messages/${message.id}/reactions/${written}`, {})
      const search = await first.call('GET', `/api/search?q=${written}`)
      return { payload, reaction: reaction.status, search: search.status }
    }),
  )
  const odd = answers.filter(({ reaction, search }) => ![404, 422].includes(reaction) || ![200, 422].includes(search))
  expect(odd).toEqual([])
})
