import { describe, expect, test } from 'bun:test'
import { type Frames, LiveText } from '../../../src/client/text/live-text.ts'
import { LAG_MAX, nextLength, wholeCharacters } from '../../../src/client/text/pace.ts'

/** A browser whose time only passes when told to. */
function fakeFrames({ still = false, cost = 0 } = {}) {
  let now = 0
  let pending: (() => void) | undefined
  const hiddenListeners = new Set<() => void>()
  const state = { still, frames: 0, cost }
  const frames: Frames = {
    now: () => now,
    request: draw => {
      pending = draw
      return 1
    },
    cancel: () => {
      pending = undefined
    },
    still: () => state.still,
    onHidden: callback => {
      hiddenListeners.add(callback)
      return () => hiddenListeners.delete(callback)
    },
  }
  return {
    frames,
    state,
    waits: () => pending !== undefined,
    listeners: () => hiddenListeners.size,
    hide: () => {
      for (const callback of hiddenListeners) callback()
    },
    spend: (milliseconds: number) => {
      now += milliseconds
    },
    pass(milliseconds: number, frame = 1000 / 60) {
      for (const end = now + milliseconds; now < end; ) {
        now += frame
        const draw = pending
        pending = undefined
        if (draw) state.frames++
        draw?.()
      }
    },
  }
}

function live(options?: Parameters<typeof fakeFrames>[0], initial = '') {
  const browser = fakeFrames(options)
  const shown: string[] = []
  const text = new LiveText(
    part => {
      shown.push(part)
      browser.spend(browser.state.cost)
    },
    initial,
    browser.frames,
  )
  return { browser, shown, text, last: () => shown.at(-1) ?? '' }
}

describe('a burst', () => {
  test('is shown bit by bit, and wholly within the longest lag', () => {
    const { browser, shown, text, last } = live()
    text.follow('x'.repeat(5_000))
    browser.pass(17)
    expect(last().length).toBeGreaterThan(0)
    expect(last().length).toBeLessThan(2_500)
    browser.pass(LAG_MAX + 34)
    expect(last()).toHaveLength(5_000)
    expect(shown.length).toBeGreaterThan(10)
    expect(browser.waits()).toBe(false)
  })

  test('of a few characters still arrives at once enough', () => {
    const { browser, text, last } = live()
    text.follow('hello')
    browser.pass(150)
    expect(last()).toBe('hello')
  })
})

test('a steady stream is never more than the longest lag behind, and only ever grows', () => {
  const { browser, shown, text } = live()
  const arrived: { at: number; length: number }[] = []
  for (let tick = 1; tick <= 200; tick++) {
    const length = tick * 25
    text.follow('y'.repeat(length))
    arrived.push({ at: browser.frames.now(), length })
    browser.pass(33)
    const due = arrived.findLast(({ at }) => browser.frames.now() - at > LAG_MAX + 17)?.length ?? 0
    expect(shown.at(-1)?.length ?? 0).toBeGreaterThanOrEqual(due)
  }
  for (let index = 1; index < shown.length; index++) {
    expect(shown[index]?.length ?? 0).toBeGreaterThanOrEqual(shown[index - 1]?.length ?? 0)
  }
})

test('what was there before we came is shown at once', () => {
  const { shown, browser } = live({}, 'already here')
  expect(shown).toEqual(['already here'])
  expect(browser.waits()).toBe(false)
})

test('a reader who wants no motion, or looks elsewhere, gets all at once', () => {
  const { text, last, browser } = live({ still: true })
  text.follow('everything at once')
  expect(last()).toBe('everything at once')
  expect(browser.waits()).toBe(false)
})

test('a page that gets hidden shows the rest', () => {
  const { text, last, browser } = live()
  text.follow('z'.repeat(1_000))
  browser.pass(17)
  browser.hide()
  expect(last()).toHaveLength(1_000)
  expect(browser.waits()).toBe(false)
})

test('a text that starts anew is shown at once', () => {
  const { text, last, browser } = live({}, 'first version')
  text.follow('second')
  expect(last()).toBe('second')
  expect(browser.waits()).toBe(false)
})

test('after the end nothing is shown any more', () => {
  const { text, shown, browser } = live()
  text.follow('never seen in whole')
  text.stop()
  browser.pass(1_000)
  expect(shown).toEqual([''])
  expect(browser.listeners()).toBe(0)
})

test('flush shows the rest', () => {
  const { text, last } = live()
  text.follow('all of it')
  text.flush()
  expect(last()).toBe('all of it')
})

test('a text that takes long to draw is drawn less often', () => {
  const quick = live()
  const slow = live({ cost: 60 })
  for (const { text, browser } of [quick, slow]) {
    text.follow('w'.repeat(10_000))
    browser.pass(LAG_MAX + 200)
  }
  expect(slow.last()).toHaveLength(10_000)
  expect(slow.shown.length).toBeLessThan(quick.shown.length / 3)
})

describe('the pace', () => {
  test('is faster the more is behind', () => {
    const few = nextLength(0, [{ length: 100, at: 0 }], 16, 16)
    const many = nextLength(0, [{ length: 1_000, at: 0 }], 16, 16)
    expect(many).toBeGreaterThan(few * 5)
  })

  test('never shows what is not there', () => {
    expect(nextLength(5, [{ length: 6, at: 0 }], 1_000, 1_000)).toBe(6)
    expect(nextLength(5, [], 1_000, 1_000)).toBe(5)
  })
})

test('no character is cut in two', () => {
  expect(wholeCharacters('a😀b', 2)).toBe(3)
  expect(wholeCharacters('e\u0301x', 1)).toBe(2)
  expect(wholeCharacters('👩‍👩‍👧!', 2)).toBe(8)
  expect(wholeCharacters('👍🏽!', 2)).toBe(4)
  expect(wholeCharacters('abc', 2)).toBe(2)
  expect(wholeCharacters('abc', 3)).toBe(3)
})
