import { Window } from 'happy-dom'

/** A page of its own for one test file, in place of the globals of a browser. */
export function openPage() {
  const view = new Window({ url: 'http://chat.test/' }) as unknown as globalThis.Window & typeof globalThis
  answerAsBrowsersDo(view)
  return { view, document: view.document }
}

/**
 * DOMPurify reads properties where the standard puts them, on the prototype of Node, and removes nodes while it walks;
 * happy-dom differs in both, which would make the sanitiser remove and spare nodes at random.
 */
function answerAsBrowsersDo(view: globalThis.Window & typeof globalThis) {
  const names: Record<number, string> = { 3: '#text', 8: '#comment', 9: '#document', 11: '#document-fragment' }
  Object.defineProperty(view.Node.prototype, 'nodeName', {
    configurable: true,
    get(this: Element) {
      return this.nodeType === 1 ? this.tagName : names[this.nodeType]
    },
  })
  Object.defineProperty(view.document, 'createNodeIterator', {
    configurable: true,
    value: (root: Node) => iterate(root),
  })
}

/** Visits every node below `root` once, whatever is removed or put in meanwhile. */
function iterate(root: Node) {
  const visited = new Set<Node>()
  let last: Node | null = null
  return {
    nextNode() {
      const goesOn = last && root.contains(last)
      let node: Node | null = goesOn ? last : root
      while (node && visited.has(node)) node = following(node, root)
      if (node) visited.add(node)
      last = node
      return node
    },
  }
}

function following(node: Node, root: Node): Node | null {
  if (node.firstChild) return node.firstChild
  let place: Node | null = node
  while (place && place !== root) {
    if (place.nextSibling) return place.nextSibling
    place = place.parentNode
  }
  return null
}

export const ADA = { id: 'u1', handle: 'ada', display_name: 'Ada Lovelace', kind: 'human' } as const
export const GRACE = {
  id: 'u2',
  handle: 'grace',
  display_name: '"><img src=x onerror=alert(1)>',
  kind: 'human',
} as const
export const ASSISTANT = { id: 'u3', handle: 'assistant', display_name: 'Assistant', kind: 'agent' } as const
export const ROOM = { people: [ADA, GRACE, ASSISTANT], me: ADA.id }
