import { beforeEach, expect, test } from 'bun:test'
import { Refusal } from '../../../src/client/api.ts'
import type { SendPicture } from '../../../src/client/calls/pictures.ts'
import { createPickedPictures, type PickedPictures, refusalOfFile } from '../../../src/client/stores/picked-pictures.ts'
import type { Upload } from '../../../src/shared/messages.ts'

type Going = {
  name: string
  progress: (share: number) => void
  arrive: () => void
  fail: (why: string | Error) => void
}

let going: Going[]
let given: string[]
let pictures: PickedPictures

const file = (name: string, type = 'image/png') => new File(['bytes'], name, { type })
const upload = (name: string): Upload => ({
  id: `id of ${name}`,
  url: '',
  mime: '',
  bytes: 1,
  width: 1,
  height: 1,
  name,
})
const send: SendPicture = ({ name }, progress, signal) =>
  new Promise((resolve, reject) => {
    going.push({
      name,
      progress,
      arrive: () => resolve(upload(name)),
      fail: why => reject(why instanceof Error ? why : new Error(why)),
    })
    signal.addEventListener('abort', () => given.push(`stopped ${name}`))
  })
const settled = () => new Promise(resolve => setTimeout(resolve, 1))
const shown = () => pictures.all.map(({ name, progress, problem }) => [name, progress, problem])

beforeEach(() => {
  going = []
  given = []
  const addresses = {
    createObjectURL: (object: unknown) => `blob:${(object as File).name}`,
    revokeObjectURL: (address: string) => void given.push(`gave back ${address}`),
  }
  pictures = createPickedPictures({ send, addresses })
})

test('what is picked goes out at once, and says how far it is', () => {
  pictures.add([file('a.png'), file('b.png')])
  expect(going.map(one => one.name)).toEqual(['a.png', 'b.png'])
  going[1]?.progress(0.5)
  expect(shown()).toEqual([
    ['a.png', 0, null],
    ['b.png', 0.5, null],
  ])
  expect(pictures.settled).toBeFalse()
})

test('what has arrived leaves with the message, in the order of picking', async () => {
  pictures.add([file('a.png'), file('b.png')])
  going[1]?.arrive()
  going[0]?.arrive()
  await settled()
  expect(pictures.settled).toBeTrue()
  expect(pictures.take().map(({ id }) => id)).toEqual(['id of a.png', 'id of b.png'])
  expect(pictures.all).toEqual([])
  expect(given).toEqual(['gave back blob:a.png', 'gave back blob:b.png'])
})

test('one that fails says why and can be tried again', async () => {
  pictures.add([file('a.png')])
  going[0]?.fail('The room is full.')
  await settled()
  expect(shown()).toEqual([['a.png', 0, 'The room is full.']])
  expect(pictures.settled).toBeFalse()
  pictures.retry(pictures.all[0]?.key ?? 0)
  expect(shown()).toEqual([['a.png', 0, null]])
  going[1]?.arrive()
  await settled()
  expect(pictures.settled).toBeTrue()
})

test('one that the server will not have cannot be tried again, and its words go with it', async () => {
  pictures.add([file('a.png'), file('notes.txt', 'text/plain')])
  going[0]?.fail(new Refusal(415, { detail: 'This is no picture.' }))
  await settled()
  expect(pictures.all[0]).toMatchObject({ problem: 'This is no picture.', retriable: false })
  pictures.remove(pictures.all[0]?.key ?? 0)
  expect([pictures.all, pictures.refused]).toEqual([[], []])
})

test('one that is taken away is not sent any further', async () => {
  pictures.add([file('a.png')])
  pictures.remove(pictures.all[0]?.key ?? 0)
  going[0]?.arrive()
  await settled()
  expect(pictures.all).toEqual([])
  expect(given).toEqual(['stopped a.png', 'gave back blob:a.png'])
})

test('what cannot go is told before a byte is sent', () => {
  pictures.add([file('notes.txt', 'text/plain'), file('a.png')])
  expect(going).toHaveLength(1)
  expect(pictures.refused).toEqual(['notes.txt is not a picture that can be sent: PNG, JPEG, WebP and GIF can.'])
  pictures.dismiss()
  expect(pictures.refused).toEqual([])
  expect(refusalOfFile({ name: 'big.png', type: 'image/png', size: 5 * 1024 * 1024 + 1 })).toBe(
    'big.png is larger than 5 MB.',
  )
  expect(refusalOfFile({ name: 'fits.png', type: 'image/png', size: 5 * 1024 * 1024 })).toBeNull()
})

test('a message takes ten', () => {
  pictures.add(Array.from({ length: 11 }, (_, n) => file(`${n}.png`)))
  expect(pictures.all).toHaveLength(10)
  expect(pictures.refused).toEqual(['10.png is one too many: a message takes 10 pictures.'])
})
