import createDOMPurify, { type Config, type DOMPurify } from 'dompurify'

const TAGS = [
  ...['a', 'blockquote', 'br', 'button', 'code', 'del', 'div', 'em', 'figure', 'h3', 'h4', 'h5', 'h6', 'hr', 'img'],
  ...['li', 'ol', 'p', 'pre', 's', 'span', 'strong', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul'],
]
const ATTRIBUTES = [
  ...['alt', 'aria-hidden', 'aria-label', 'aria-pressed', 'class', 'href', 'loading', 'rel', 'role', 'src', 'start'],
  ...['tabindex', 'target', 'title', 'type', 'data-action', 'data-language'],
]
/** An address of the web, a mail address, or nothing that has a scheme at all. */
const ADDRESS = /^(?:https?:|mailto:|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i

const MESSAGE: Config = {
  ALLOWED_TAGS: TAGS,
  ALLOWED_ATTR: ATTRIBUTES,
  ALLOWED_URI_REGEXP: ADDRESS,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
}
const COLOURED_CODE: Config = { ALLOWED_TAGS: ['span'], ALLOWED_ATTR: ['class'], ALLOW_DATA_ATTR: false }

const purifiers = new WeakMap<Window, DOMPurify>()

export function sanitizedHtml(html: string, view: Window & typeof globalThis): string {
  return purifierOf(view).sanitize(html, MESSAGE)
}

export function sanitizedFragment(html: string, view: Window & typeof globalThis): DocumentFragment {
  return purifierOf(view).sanitize(html, { ...MESSAGE, RETURN_DOM_FRAGMENT: true })
}

/** Nothing but text in coloured spans. */
export function sanitizedCode(html: string, view: Window & typeof globalThis): DocumentFragment {
  return purifierOf(view).sanitize(html, { ...COLOURED_CODE, RETURN_DOM_FRAGMENT: true })
}

function purifierOf(view: Window & typeof globalThis): DOMPurify {
  let purifier = purifiers.get(view)
  if (!purifier) {
    purifier = createDOMPurify(view)
    purifiers.set(view, purifier)
  }
  return purifier
}
