import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from 'bun:test'
import { handleRooms } from '../../../src/client/components/room-list/room-hands.ts'
import { openPage } from '../../support/riot.ts'

let browser: ReturnType<typeof openPage>
let list: HTMLElement
let done: string[]
let clicks: number

beforeAll(() => {
  browser = openPage()
})
afterAll(() => browser.close())
beforeEach(() => {
  jest.useFakeTimers()
  done = []
  clicks = 0
  document.body.innerHTML = `<div class="list">
    <div data-row="a" data-ordered><a>a</a></div><div data-row="b" data-ordered><a>b</a></div><div data-row="d"><a>d</a></div>
  </div>`
  list = document.querySelector('.list') as HTMLElement
  for (const row of list.children) row.getBoundingClientRect = () => ({ top: 100, height: 30 }) as DOMRect
  handleRooms(list, {
    drop: (id, target, after) => done.push(`${id} ${after ? 'after' : 'before'} ${target}`),
    hold: id => done.push(`held ${id}`),
  })
  list.addEventListener('click', () => clicks++)
})

afterEach(() => {
  jest.useRealTimers()
})

const row = (id: string) => list.querySelector(`[data-row="${id}"]`) as HTMLElement
function send(type: string, id: string, more: object = {}) {
  const event = Object.assign(new Event(type, { bubbles: true, cancelable: true }), more)
  row(id).querySelector('a')?.dispatchEvent(event)
  return event.defaultPrevented
}
const finger = { pointerType: 'touch', clientX: 10, clientY: 10 }

test('a room is dropped above or below another one, by where the hand is', () => {
  send('dragstart', 'a')
  expect(send('dragover', 'b', { clientY: 105 })).toBe(true)
  expect(row('b').dataset.drop).toBe('above')
  send('dragover', 'b', { clientY: 125 })
  expect(row('b').dataset.drop).toBe('below')
  send('drop', 'b', { clientY: 125 })
  send('dragend', 'a')
  expect(done).toEqual(['a after b'])
  expect(row('b').dataset.drop).toBeUndefined()
})

test('nothing is dropped among rooms that have an order of their own, nor is anything but a room', () => {
  send('dragstart', 'a')
  expect(send('dragover', 'd', { clientY: 105 })).toBe(false)
  send('dragend', 'a')
  expect(send('dragover', 'b', { clientY: 105 })).toBe(false)
})

test('a room that is held down is not followed when the finger is lifted', () => {
  send('pointerdown', 'a', finger)
  jest.advanceTimersByTime(600)
  expect(send('contextmenu', 'a', finger)).toBe(true)
  send('pointerup', 'a', finger)
  send('click', 'a')
  expect({ done, clicks }).toEqual({ done: ['held a'], clicks: 0 })
  send('click', 'a')
  expect(clicks).toBe(1)
})

test('a tap, a finger that scrolls and a mouse hold nothing', () => {
  send('pointerdown', 'a', finger)
  send('pointerup', 'a', finger)
  jest.advanceTimersByTime(600)
  send('pointerdown', 'a', finger)
  send('pointermove', 'a', { ...finger, clientY: 30 })
  jest.advanceTimersByTime(600)
  send('pointerdown', 'a', { ...finger, pointerType: 'mouse' })
  jest.advanceTimersByTime(600)
  expect(done).toEqual([])
  expect(send('contextmenu', 'a', { pointerType: 'mouse' })).toBe(false)
})
