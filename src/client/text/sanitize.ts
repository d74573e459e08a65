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

const AS_NODES = { RETURN_DOM_FRAGMENT: true } as const
const MESSAGE_NODES = { ...MESSAGE, ...AS_NODES }
const CODE_NODES = { ...COLOURED_CODE, ...AS_NODES }

type View = Window & typeof globalThis

/** One a window and set of rules: reading the rules anew takes as long as a short text does. */
const purifiers = new WeakMap<View, Map<Config, DOMPurify>>()

export function sanitizedHtml(html: string, view: View): string {
  return purifierOf(view, MESSAGE).sanitize(html)
}

export function sanitizedFragment(html: string, view: View): DocumentFragment {
  return purifierOf(view, MESSAGE_NODES).sanitize(html, AS_NODES)
}

/** Nothing but text in coloured spans. */
export function sanitizedCode(html: string, view: View): DocumentFragment {
  return purifierOf(view, CODE_NODES).sanitize(html, AS_NODES)
}

function purifierOf(view: View, rules: Config): DOMPurify {
  const known = purifiers.get(view) ?? new Map<Config, DOMPurify>()
  purifiers.set(view, known)
  const purifier = known.get(rules) ?? createDOMPurify(view)
  if (!known.has(rules)) purifier.setConfig(rules)
  known.set(rules, purifier)
  return purifier
}
