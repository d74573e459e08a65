import { compile } from '@riotjs/compiler'
import { plugin } from 'bun'
import { Window } from 'happy-dom'

plugin({
  name: 'riot',
  setup(build) {
    build.onLoad({ filter: /\.riot$/ }, async ({ path }) => ({
      contents: compile(await Bun.file(path).text(), { file: path }).code,
      loader: 'js',
    }))
  },
})

/** What components and Riot itself expect to find lying about. */
const GLOBALS = [
  'document',
  'window',
  'location',
  'history',
  'navigator',
  'localStorage',
  'Node',
  'Text',
  'Element',
  'HTMLElement',
  'SVGElement',
  'DocumentFragment',
  'Event',
  'CustomEvent',
  'KeyboardEvent',
  'FormData',
  'CSS',
  'ResizeObserver',
  'requestAnimationFrame',
  'cancelAnimationFrame',
  'matchMedia',
] as const

/**
 * A page for the tests of one file: its names are global from here until `close`, so call both in `beforeAll` and
 * `afterAll` and import components in between.
 */
export function openPage(url = 'http://chat.test/') {
  const view = new Window({ url })
  const before = new Map(GLOBALS.map(name => [name, Object.getOwnPropertyDescriptor(globalThis, name)]))
  for (const name of GLOBALS) {
    const found: unknown = name === 'window' ? view : Reflect.get(view, name)
    const value = typeof found === 'function' && /^[a-z]/.test(name) ? found.bind(view) : found
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }

  return {
    /** Puts a component on the page. */
    async mount(path: string, props: Record<string, unknown>) {
      const { component } = await import('riot')
      const { default: wrapper } = await import(path)
      const root = document.createElement(wrapper.name)
      document.body.replaceChildren(root)
      component(wrapper)(root, props)
      return root
    },
    async close() {
      document.body.replaceChildren()
      await view.happyDOM.close()
      for (const [name, descriptor] of before) {
        if (descriptor) Object.defineProperty(globalThis, name, descriptor)
        else Reflect.deleteProperty(globalThis, name)
      }
    },
  }
}

/** Lets components catch up with their stores. */
export const settled = () => new Promise(resolve => setTimeout(resolve, 5))

export function press(target: Element, key: string, more: KeyboardEventInit = {}) {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
}
