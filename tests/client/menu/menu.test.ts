import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { MenuPart } from '../../../src/client/components/menu/open-menu.ts'
import { placeOf } from '../../../src/client/components/menu/place.ts'
import { openPage, press, settled } from '../../support/riot.ts'

describe('the place of a menu', () => {
  const window = { width: 1000, height: 800 }
  const menu = { width: 200, height: 300 }
  const anchor = (left: number, top: number) => ({ left, right: left + 30, top, bottom: top + 30 })

  test('is below its anchor, and on its left', () => {
    expect(placeOf(anchor(100, 50), menu, window)).toEqual({ left: 100, top: 84 })
  })
  test('is above it where there is no room below', () => {
    expect(placeOf(anchor(100, 600), menu, window)).toEqual({ left: 100, top: 296 })
  })
  test('ends where the anchor ends at the right edge', () => {
    expect(placeOf(anchor(900, 50), menu, window)).toEqual({ left: 730, top: 84 })
  })
  test('is within the window however small that is', () => {
    expect(placeOf(anchor(280, 100), menu, { width: 320, height: 250 })).toEqual({ left: 110, top: 8 })
  })
})

describe('a menu', () => {
  let browser: ReturnType<typeof openPage>
  let anchor: HTMLElement
  let done: string[]

  beforeAll(() => {
    browser = openPage()
    // The page of the tests knows no popovers.
    Object.assign(HTMLElement.prototype, {
      showPopover() {},
      hidePopover(this: HTMLElement) {
        this.dispatchEvent(Object.assign(new Event('toggle'), { newState: 'closed' }))
      },
    })
  })
  afterAll(() => browser.close())

  beforeEach(async () => {
    done = []
    document.body.innerHTML = '<button id="anchor">Options</button>'
    anchor = document.querySelector('#anchor') as HTMLElement
    const act = (name: string) => () => done.push(name)
    const parts: MenuPart[] = [
      { items: [{ label: 'Open', act: act('open') }] },
      { items: [] },
      {
        label: 'Notify me of',
        items: [
          { label: 'Every message', chosen: false, act: act('everything') },
          { label: 'Nothing', chosen: true, act: act('nothing') },
        ],
      },
    ]
    const { openMenu } = await import('../../../src/client/components/menu/open-menu.ts')
    openMenu(anchor, 'Garden', parts)
    await settled()
  })
  const menu = () => document.querySelector('[role="menu"]')
  const focused = () => document.activeElement?.textContent?.trim()
  const hit = (key: string) => press(document.activeElement as Element, key)

  test('has the focus on its first item, and arrows, Home, End and letters move it', () => {
    expect(focused()).toBe('Open')
    const walk = ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp', 'Home', 'End', 'e', 'o'].map(key => {
      hit(key)
      return focused()
    })
    expect(walk).toEqual(['Every message', 'Nothing', 'Open', 'Nothing', 'Open', 'Nothing', 'Every message', 'Open'])
  })

  test('says which choice holds, and leaves empty parts out', () => {
    const choices = [...document.querySelectorAll('[role="menuitemradio"]')]
    expect(choices.map(choice => choice.getAttribute('aria-checked'))).toEqual(['false', 'true'])
    expect(document.querySelectorAll('[role="group"]')).toHaveLength(2)
  })

  test('a choice closes it, gives the focus back and does what it says', async () => {
    hit('End')
    ;(document.activeElement as HTMLElement).click()
    await settled()
    expect({ done, menu: menu(), focused: document.activeElement?.id }).toEqual({
      done: ['nothing'],
      menu: null,
      focused: 'anchor',
    })
  })

  test('Escape closes it, and the page does not hear the key', async () => {
    let heard = 0
    document.addEventListener('keydown', () => heard++)
    hit('Escape')
    await settled()
    expect({ done, menu: menu(), focused: document.activeElement?.id, heard }).toEqual({
      done: [],
      menu: null,
      focused: 'anchor',
      heard: 0,
    })
  })
})
