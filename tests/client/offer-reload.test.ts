import { expect, test } from 'bun:test'
import { Window } from 'happy-dom'
import { offerReload } from '../../src/client/dom/offer-reload.ts'

function open({ is_online }: { is_online: boolean }) {
  const window = new Window()
  Object.defineProperty(window.navigator, 'onLine', { get: () => is_online })
  offerReload(window as unknown as globalThis.Window)
  return {
    misses: () => window.dispatchEvent(new window.Event('vite:preloadError')),
    comesBack: () => window.dispatchEvent(new window.Event('online')),
    offers: () => window.document.querySelectorAll('.outdated').length,
  }
}

test('a part that is missing leads to one offer to reload', () => {
  const page = open({ is_online: true })
  page.misses()
  page.misses()
  expect(page.offers()).toBe(1)
})

test('nobody is led to reload while offline, but afterwards, once', () => {
  const page = open({ is_online: false })
  page.misses()
  page.misses()
  expect(page.offers()).toBe(0)
  page.comesBack()
  expect(page.offers()).toBe(1)
})
