import type { Page } from 'playwright-core'

/** What a page of ours asks its own server for. */
const OWN =
  /^\/(?:$|assets\/|api\/|uploads\/|rooms\/|m\/|invite\/|favicon|theme\.js|sign-|settings|admin|reset|search|inbox)/
const QUIET_MS = 500

export type Tripwire = Awaited<ReturnType<typeof spanTripwire>>

/**
 * Spans a wire across a page before it loads, and keeps what falls over it: code of a payload that runs, a breach of the
 * content policy, a dialog, a window, a download, a request to anywhere but our own doors.
 */
export async function spanTripwire(page: Page, origin: string) {
  const context = page.context()
  const fallen: string[] = []
  await context.exposeBinding('tellTripwire', (_, what: string) => fallen.push(what))
  await context.addInitScript(() => {
    const tell = (what: string) => (Reflect.get(window, 'tellTripwire') as (what: string) => void)(what)
    const trap = () => tell(`ran in ${location.href}`)
    Object.defineProperty(window, '__pwned', { get: () => trap, set: trap })
    document.addEventListener('securitypolicyviolation', event =>
      tell(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`),
    )
    // Each message whose text was on the page at some time, so that a test knows what was tried.
    const shown = new Set<string>()
    Reflect.set(window, 'shownMessages', shown)
    const look = (element: Element) => {
      const row = element.closest<HTMLElement>('article[data-message-id]')
      const id = row?.dataset.messageId ?? ''
      if (row?.querySelector('.body')) shown.add(id)
      if (row?.querySelector('.edited')?.textContent) shown.add(`${id} edited`)
    }
    new MutationObserver(changes => {
      for (const { addedNodes, target } of changes)
        for (const node of [target, ...addedNodes])
          if (node instanceof Element) for (const element of [node, ...node.querySelectorAll('article')]) look(element)
    }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-message-id'] })
  })
  context.on('page', other => fallen.push(`window: ${other.url()}`))
  page.on('download', download => fallen.push(`download: ${download.url()}`))
  page.on('dialog', dialog => {
    fallen.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('frameattached', () => fallen.push('frame'))
  page.on('request', request => {
    const { origin: where, pathname, protocol } = new URL(request.url())
    if (protocol === 'data:' || protocol === 'blob:') return
    if (where !== origin || !OWN.test(pathname)) fallen.push(`request: ${request.url()}`)
  })

  return {
    /** The messages that were on the page at some time, and those that were so after an edit, followed by ` edited`. */
    shown: (): Promise<string[]> => page.evaluate(() => [...(Reflect.get(window, 'shownMessages') as Set<string>)]),

    /**
     * Goes over all that is on the page as a mouse and a keyboard would, so that what waits for that shows itself, and
     * returns what should not be there: elements, attributes and addresses that can act.
     */
    async findings(): Promise<string[]> {
      return page.evaluate(() => {
        const TAGS =
          'script,iframe,frame,object,embed,base,meta[http-equiv],link:not([rel=icon],[rel=stylesheet],[rel=modulepreload]),style,math,foreignObject,animate,set,use,audio,video,marquee,portal,template'
        const EVENTS = [
          'mouseover',
          'mouseenter',
          'pointerover',
          'focus',
          'focusin',
          'toggle',
          'animationstart',
          'error',
          'load',
        ]
        const root = document.getElementById('app') ?? document.body
        const found = [...root.querySelectorAll(TAGS)].map(element => `element: ${element.outerHTML.slice(0, 200)}`)
        for (const element of root.querySelectorAll('*')) {
          for (const { name, value } of element.attributes) {
            const wanted = name === 'href' || name === 'src' ? /^(?:https?:\/\/|mailto:|blob:|[/#])/i : null
            const acts = /^on|^srcdoc$|^formaction$|^ping$|^srcset$/i.test(name)
            const dresses = name === 'style' && element.closest('.prose')
            if (acts || dresses || (wanted && !wanted.test(value)))
              found.push(`attribute: ${name}=${value.slice(0, 200)}`)
          }
          if (element instanceof HTMLAnchorElement && element.host && element.host !== location.host)
            if (element.target !== '_blank' || !element.relList.contains('noopener'))
              found.push(`link: ${element.outerHTML.slice(0, 200)}`)
          if (element.closest('.prose, .main')) for (const event of EVENTS) element.dispatchEvent(new Event(event))
        }
        return found
      })
    },

    /** What fell over it, some moments later too: code from elsewhere has to be asked for first. */
    async spoils(): Promise<readonly string[]> {
      await Bun.sleep(QUIET_MS)
      return fallen
    },
  }
}
