import { Database as Connection } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Message } from '../../src/shared/messages.ts'
import type { Room } from '../../src/shared/rooms.ts'
import { SearchResults } from '../../src/shared/search.ts'
import type { Person } from '../support/person.ts'
import { png, sends } from '../support/pictures.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let ada: Person
let grace: Person
let room: Room
beforeAll(async () => {
  server = await startTestServer()
  ada = await server.person('Ada')
  grace = await server.person('Grace')
  room = await ada.creates({ name: 'The Lounge', ai_mode: 'off' })
  await grace.joins(room)
})
afterAll(() => server.stop())

async function results(person: Person, q: string, more = '') {
  const answer = await person.must('GET', `/api/search?q=${encodeURIComponent(q)}${more}`)
  return SearchResults.parse(answer).results
}
const finds = async (person: Person, q: string, more = '') =>
  (await results(person, q, more)).map(({ message }) => message.content)

/** What no route does yet, or not with a date of one's choice. */
function inDatabase(statement: string, ...values: (string | number | null)[]) {
  const database = new Connection(join(server.dataDir, 'chat.db'))
  database.run('PRAGMA busy_timeout = 5000')
  database.run('PRAGMA foreign_keys = ON')
  database.run(statement, values)
  database.close()
}
const change = ({ id }: Message, column: string, value: string | number | null) =>
  inDatabase(`UPDATE messages SET ${column} = ? WHERE id = ?`, value, id)

describe('who finds what', () => {
  test('members find it, with its room and the place of the hit', async () => {
    const message = await ada.says(room, 'The kumquat is ripe')
    const [found, ...more] = await results(grace, 'KUMQUAT')
    expect(more).toEqual([])
    expect(found?.message).toEqual(message)
    expect(found?.room).toMatchObject({ id: room.id, name: 'The Lounge', member_count: 2 })
    expect(found?.snippet).toEqual([
      { text: 'The ', hit: false },
      { text: 'kumquat', hit: true },
      { text: ' is ripe', hit: false },
    ])
    expect(await finds(grace, 'kumquats')).toEqual([])
  })

  test('strangers and former members do not, by word, by two letters and by operator', async () => {
    const eve = await server.person('Eve')
    const frank = await server.person('Frank')
    await frank.joins(room)
    await ada.says(room, 'zzq pomegranate')
    const asked = ['pomegranate', 'zq', 'from:ada', 'in:"The Lounge"', 'after:2000-01-01']
    for (const q of asked) expect((await finds(frank, q)).length).toBeGreaterThan(0)
    await frank.must('POST', `/api/rooms/${room.id}/leave`)
    for (const person of [eve, frank]) for (const q of asked) expect(await finds(person, q)).toEqual([])
    const own = await eve.creates({ name: 'The Lounge', ai_mode: 'off' })
    await eve.says(own, 'zzq pomegranate of my own')
    for (const q of asked.filter(q => q !== 'from:ada'))
      expect(await finds(eve, q)).toEqual(['zzq pomegranate of my own'])
    expect((await eve.call('GET', `/api/search?q=pomegranate&room_id=${room.id}`)).status).toBe(404)
  })

  test('what was deleted, cleared away or is still being written is not found', async () => {
    const [gone, old, growing, kept] = await Promise.all(
      ['gone', 'old', 'growing', 'kept'].map(async word => {
        const own = await ada.creates({ ai_mode: 'off' })
        return { own, message: await ada.says(own, `xylophone vx ${word}`) }
      }),
    )
    if (!gone || !old || !growing || !kept) throw new Error('Somebody is missing')
    const deletedRoom = await ada.creates({ ai_mode: 'off' })
    await ada.says(deletedRoom, 'xylophone vx in a deleted room')
    await ada.must('DELETE', `/api/rooms/${deletedRoom.id}`)
    change(gone.message, 'deleted_at', Date.now())
    inDatabase('UPDATE rooms SET cleared_seq = 1 WHERE id = ?', old.own.id)
    change(growing.message, 'status', 'streaming')
    for (const q of ['xylophone', 'vx']) expect(await finds(ada, q)).toEqual(['xylophone vx kept'])

    change(growing.message, 'content', 'xylophone vx growing on')
    for (const q of ['xylophone', 'vx']) expect(await finds(ada, q)).toEqual(['xylophone vx kept'])
    change(growing.message, 'status', 'complete')
    change(gone.message, 'deleted_at', null)
    for (const q of ['xylophone', 'vx'])
      expect((await finds(ada, q)).sort()).toEqual([
        'xylophone vx gone',
        'xylophone vx growing on',
        'xylophone vx kept',
      ])

    inDatabase('DELETE FROM messages WHERE id = ?', gone.message.id)
    for (const q of ['xylophone', 'vx']) expect(await finds(ada, q)).not.toContain('xylophone vx gone')
  })

  test('an edited message is found by what it says now, a deleted one no more', async () => {
    const message = await ada.says(room, 'a clavichord')
    await ada.must('PATCH', `/api/messages/${message.id}`, { content: 'a harpsichord' })
    expect(await finds(ada, 'clavichord')).toEqual([])
    expect(await finds(ada, 'harpsichord')).toEqual(['a harpsichord'])
    await ada.must('DELETE', `/api/messages/${message.id}`)
    expect(await finds(ada, 'harpsichord')).toEqual([])
  })

  test('in one room or in a thousand', async () => {
    const everywhere = await server.person('Everywhere')
    const home = await everywhere.creates({ ai_mode: 'off' })
    await everywhere.says(home, 'contrabassoon zj')
    inDatabase(
      `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 1000)
       INSERT INTO rooms (id, name, model_id, ai_mode, system_prompt, visibility, created_by, created_at)
       SELECT printf('00000000-0000-7000-8000-%012d', n), name || n, model_id, ai_mode, '', visibility, created_by, created_at
       FROM rooms, n WHERE id = ?`,
      home.id,
    )
    const many = "rooms WHERE id LIKE '00000000-0000-7000-8000-%'"
    inDatabase(
      `INSERT INTO room_members (room_id, user_id, role, joined_at) SELECT id, ?, 'member', 1 FROM ${many}`,
      everywhere.user.id,
    )
    inDatabase(
      `INSERT INTO messages (id, room_id, seq, hash, sender_id, content, mentions, status, created_at)
       SELECT replace(id, '-8000-', '-9000-'), id, 1, 'h', ?, 'contrabassoon', '[]', 'complete', 1 FROM ${many}`,
      everywhere.user.id,
    )
    expect(await finds(everywhere, 'contrabassoon', '&limit=50')).toHaveLength(50)
    expect(await finds(everywhere, '"contrabassoon zj"')).toEqual(['contrabassoon zj'])
    expect(await finds(everywhere, 'contrabassoon zj')).toEqual(['contrabassoon zj'])
    expect(await finds(ada, 'contrabassoon')).toEqual([])
  })

  test('an answer of the assistant is found once it is final', async () => {
    const own = await ada.creates({ ai_mode: 'always' })
    await ada.says(own, 'Tell me something')
    for (;;) {
      const answer = (await ada.reads(own)).find(each => each.ai !== null)
      if (answer?.status === 'complete') {
        const [word] = answer.content.match(/\p{L}{3,}/u) ?? []
        expect(await finds(ada, word ?? '', `&room_id=${own.id}`)).toContain(answer.content)
        return
      }
      await Bun.sleep(10)
    }
  })

  test('newest first, as many as asked for', async () => {
    const own = await ada.creates({ ai_mode: 'off' })
    const other = await ada.creates({ ai_mode: 'off' })
    for (let n = 1; n <= 6; n++) await ada.says(n % 2 ? own : other, `bassoon jw ${n}`)
    for (const q of ['bassoon', 'jw']) {
      expect(await finds(ada, q, '&limit=4')).toEqual([6, 5, 4, 3].map(n => `bassoon jw ${n}`))
      expect(await finds(ada, q, `&room_id=${own.id}`)).toEqual([5, 3, 1].map(n => `bassoon jw ${n}`))
    }
  })
})

describe('operators', () => {
  let study: Room
  beforeAll(async () => {
    study = await ada.creates({ name: 'Quiet study', ai_mode: 'off' })
    await grace.joins(study)
    await ada.says(study, 'oboe one two')
    await grace.says(study, 'oboe two one')
    await ada.says(room, 'oboe in the lounge')
  })

  test('words are all needed, phrases as they stand', async () => {
    expect(await finds(ada, 'one oboe two')).toEqual(['oboe two one', 'oboe one two'])
    expect(await finds(ada, '"oboe one"')).toEqual(['oboe one two'])
    expect(await finds(ada, 'oboe "one two')).toEqual(['oboe one two'])
    expect(await finds(ada, 'oboe x9')).toEqual([])
    expect(await finds(ada, 'boe in')).toEqual(['oboe in the lounge'])
  })

  test('from:', async () => {
    expect(await finds(ada, `oboe from:${grace.user.handle}`)).toEqual(['oboe two one'])
    expect(await finds(ada, `from:@${grace.user.handle.toUpperCase()} in:quiet-study`)).toEqual(['oboe two one'])
    expect(await finds(ada, 'oboe from:nobody')).toEqual([])
  })

  test('from: a name, whatever the case and the accents, of somebody in my rooms', async () => {
    const rene = await server.person('Rene')
    await rene.must('PATCH', '/api/auth/profile', { display_name: 'René d’Été' })
    const club = await ada.creates({ name: 'Club', ai_mode: 'off' })
    await grace.joins(club)
    await grace.says(club, 'oboe by handle')
    await rene.joins(club)
    await rene.says(club, 'oboe by name')
    for (const name of ['"René d’Été"', '"rene d’ete"', 'RENÉ-D’ÉTÉ', `@${rene.user.handle}`])
      expect(await finds(ada, `oboe from:${name}`)).toEqual(['oboe by name'])
    expect(await finds(ada, 'oboe from:René')).toEqual([])
    expect(await finds(ada, 'from:"rene d’ete"')).toEqual(['oboe by name'])

    // A handle is one person; a name may be that of several, and of somebody else's acquaintances too.
    const twin = await server.person('Grace')
    await twin.joins(club)
    await twin.says(club, 'oboe of the other Grace')
    await twin.must('PATCH', '/api/auth/profile', { handle: 'other-one' })
    expect(await finds(ada, `oboe from:${grace.user.handle} in:club`)).toEqual(['oboe by handle'])
    await ada.must('DELETE', `/api/rooms/${club.id}/members/${twin.user.id}`)
    expect(await finds(ada, 'from:other-one')).toEqual(['oboe of the other Grace'])
    await ada.must('DELETE', `/api/rooms/${club.id}/members/${rene.user.id}`)
    expect(await finds(ada, 'oboe from:"rene d’ete"')).toEqual([])
    await ada.must('DELETE', `/api/rooms/${club.id}`)
  })

  test('in:', async () => {
    expect(await finds(ada, 'oboe in:quiet-study')).toEqual(['oboe two one', 'oboe one two'])
    expect(await finds(ada, 'oboe in:"quiet study" in:the-lounge')).toHaveLength(3)
    expect(await finds(ada, 'oboe in:nowhere')).toEqual([])
    expect(await finds(ada, 'oboe in:the-lounge', `&room_id=${study.id}`)).toEqual([])
  })
  test('in: a direct room, by the other person of it', async () => {
    const { room: direct } = await ada.must<{ room: Room }>('POST', '/api/rooms/direct', { user_id: grace.user.id })
    await ada.says(direct, 'bassoon between us')
    expect(await finds(ada, 'in:Grace')).toEqual(['bassoon between us'])
    expect(await finds(ada, `bassoon in:@${grace.user.handle}`)).toEqual(['bassoon between us'])
    expect(await finds(grace, 'in:Ada')).toEqual(['bassoon between us'])
    expect(await finds(ada, 'in:Ada')).toEqual([])
  })

  test('has:image', async () => {
    const { body } = await sends(ada, study, await png())
    const draft = { content: 'oboe, painted', client_id: 'painted', attachment_ids: [body.upload.id] }
    await ada.must('POST', `/api/rooms/${study.id}/messages`, draft)
    expect(await finds(ada, 'has:image')).toEqual(['oboe, painted'])
    expect(await finds(ada, 'oboe has:image')).toEqual(['oboe, painted'])
    expect(await finds(ada, 'lounge has:image')).toEqual([])
  })

  test('before: and after: are whole days, without the one that is named', async () => {
    const own = await ada.creates({ ai_mode: 'off' })
    const message = await ada.says(own, 'theremin of today')
    const days = (n: number) => new Date(Date.parse(message.timestamp) + n * 86_400_000).toISOString().slice(0, 10)
    for (const words of ['theremin', 'of', '']) {
      const found = (operators: string) => finds(ada, `${words} ${operators}`, `&room_id=${own.id}`)
      expect(await found(`before:${days(0)}`)).toEqual([])
      expect(await found(`before:${days(1)}`)).toEqual(['theremin of today'])
      expect(await found(`after:${days(0)}`)).toEqual([])
      expect(await found(`after:${days(-1)} before:${days(1)}`)).toEqual(['theremin of today'])
    }
  })
})

describe('any writing', () => {
  test.each([
    ['今日は東京で会いましょう', '東京で', '東京', '大阪'],
    ['我们明天去北京看长城', '看长城', '北', '上海'],
    ['مرحبا بالعالم', 'بالعالم', 'با', 'وداعا'],
    ['안녕하세요 세계', '하세요', '세계', '한국'],
    ['Ship it 🚀🎉👍🏽', '🚀🎉👍', '🎉', '🐌'],
    ['Crème brûlée', 'creme brulee', 'Crème', 'bruler'],
    ['ПРИВЕТ мир', 'привет', 'пр', 'пока'],
  ])('%s', async (content, words, short, other) => {
    const own = await ada.creates({ ai_mode: 'off' })
    await ada.says(own, content)
    const here = `&room_id=${own.id}`
    expect(await finds(ada, words, here)).toEqual([content])
    expect(await finds(ada, short, here)).toEqual([content])
    expect(await finds(ada, other, here)).toEqual([])
    const [found] = await results(ada, short, here)
    expect(found?.snippet.find(({ hit }) => hit)?.text.toLowerCase()).toBe(short.toLowerCase())
  })
})

describe('no input is dangerous', () => {
  test.each([
    '"',
    '""',
    '"""',
    "'",
    '*',
    'abc*',
    '^abc',
    'NEAR(abc def, 2)',
    'AND',
    'OR NOT',
    '(',
    ')',
    '(((abc',
    'content:abc',
    '{room} : abc',
    'room:一丁一',
    '-abc',
    'abc + def',
    '\\',
    '\\"abc',
    '%',
    '_',
    '%%%',
    '___',
    "'; DROP TABLE messages; --",
    '"abc" OR "def',
    '😀',
    '👨‍👩‍👧‍👦',
    '\u0301\u0301\u0301',
    'e\u0301e',
    '\ufffd',
    'from:"',
    "from:' or 1=1 --",
    'in:%',
    'in:""',
    'before:9999-12-31',
    'after:0000-01-01',
    'before:0000-00-00',
    'has:',
    'x'.repeat(500),
    `${'ab '.repeat(166)}`,
    '一'.repeat(500),
  ])('%p', async q => {
    const own = await server.person('Mallory')
    const answer = await own.call<{ results: unknown[] }>('GET', `/api/search?q=${encodeURIComponent(q)}`)
    expect(answer.status).toBe(200)
    expect(answer.body.results).toEqual([])
  })

  test('and finds what looks like syntax as the text it is', async () => {
    const own = await ada.creates({ ai_mode: 'off' })
    const said = [
      '100% _sure_',
      'say "NEAR(abc" *',
      'C:\\temp\\x',
      "Robert'); DROP TABLE messages",
      'a, b',
      '["json", 1]',
      '{"json":2}',
    ]
    for (const text of said) await ada.says(own, text)
    const here = `&room_id=${own.id}`
    expect(await finds(ada, '%', here)).toEqual(['100% _sure_'])
    expect(await finds(ada, '_s', here)).toEqual(['100% _sure_'])
    expect(await finds(ada, 'NEAR(abc *', here)).toEqual(['say "NEAR(abc" *'])
    expect(await finds(ada, '\\x', here)).toEqual(['C:\\temp\\x'])
    expect(await finds(ada, 'a, b', here)).toEqual(['a, b'])
    expect(await finds(ada, '["json", 1]', here)).toEqual(['["json", 1]'])
    expect(await finds(ada, '{"json":2}', here)).toEqual(['{"json":2}'])
    expect(await finds(ada, "'); DROP", here)).toEqual(["Robert'); DROP TABLE messages"])
  })

  test.each([
    ['nothing', ''],
    ['an empty search', '?q='],
    ['spaces', '?q=%20%20'],
    ['a NUL', '?q=abc%00def'],
    ['two lines', '?q=abc%0Adef'],
    ['10 KB', `?q=${'x'.repeat(10_240)}`],
    ['too many words', `?q=${Array.from({ length: 21 }, (_, n) => `word${n}`).join('+')}`],
    ['no room id', '?q=abc&room_id=lounge'],
    ['a limit of 0', '?q=abc&limit=0'],
    ['a limit of 51', '?q=abc&limit=51'],
    ['no number', '?q=abc&limit=many'],
  ])('%s is refused in words', async (_, query) => {
    const answer = await ada.call<{ code: string }>('GET', `/api/search${query}`)
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid_input'])
  })
})

test('what was indexed is found after a restart, and after a VACUUM that has the rows renumbered', async () => {
  const first = await startTestServer()
  const nora = await first.person('Nora')
  const hers = await nora.creates({ ai_mode: 'off' })
  const said = await Promise.all(['glockenspiel one', 'two', 'glockenspiel three'].map(text => nora.says(hers, text)))
  await first.halt()
  const database = new Connection(join(first.dataDir, 'chat.db'))
  database.run('DELETE FROM messages WHERE id = ?', [said[1]?.id ?? ''])
  database.run('VACUUM')
  database.close()
  const second = await startTestServer({ dataDir: first.dataDir })
  const again = Object.assign(Object.create(Object.getPrototypeOf(nora)), nora, { url: second.url }) as Person
  expect((await finds(again, 'glockenspiel')).sort()).toEqual(['glockenspiel one', 'glockenspiel three'])
  expect(await finds(again, 'two')).toEqual([])
  await again.says(hers, 'glockenspiel four')
  expect(await finds(again, 'glockenspiel')).toContain('glockenspiel four')
  await second.stop()
})
