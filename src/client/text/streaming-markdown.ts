import { placeCaret } from './caret.ts'
import { type MarkdownContext, renderMarkdownNodes } from './markdown.ts'
import { PLAIN_ABOVE } from './markdown-html.ts'
import { morphChildren } from './morph.ts'
import { settledLength } from './settled-blocks.ts'
import { tidyUnfinished } from './unfinished.ts'

/** A definition that names a link of earlier blocks, or an emoji whose name may have become known meanwhile. */
const REACHES_BACK = /\]:|:[\w+-]+:/

export interface StreamingOptions {
  /** Called for each block (a child of the root) that will not change any more. */
  settled?: (block: Element) => void
  view?: Window & typeof globalThis
}

/**
 * Shows a text that is still being written. Blocks that nothing can change any more are rendered once and stay; only
 * the last one is rendered anew, and of that only what differs touches the page.
 */
export class StreamingMarkdown {
  readonly #root: HTMLElement
  readonly #context: MarkdownContext
  readonly #options: StreamingOptions
  /** The settled text, and the nodes at the front of the root that show it. */
  #settled = ''
  #settledNodes = 0
  readonly #caret: HTMLElement

  constructor(root: HTMLElement, context: MarkdownContext, options: StreamingOptions = {}) {
    this.#root = root
    this.#context = context
    this.#options = options
    this.#caret = root.ownerDocument.createElement('span')
    this.#caret.className = 'caret'
    this.#caret.setAttribute('aria-hidden', 'true')
    root.replaceChildren()
  }

  /** Shows `text`, which as a rule goes on from the text before. */
  update(text: string) {
    this.#caret.remove()
    if (!text.startsWith(this.#settled)) this.#startAgain()
    this.#settle(text)
    this.#showTail(this.#render(tidyUnfinished(text.slice(this.#settled.length))))
    placeCaret(this.#root, this.#caret)
  }

  /** Ends the stream: from here on the root holds exactly what `renderMarkdown(text)` gives. */
  finish(text: string) {
    this.#caret.remove()
    // As a rule what is settled is as it will be, and rendering a long text once more would be felt.
    if (!text.startsWith(this.#settled) || REACHES_BACK.test(text) || text.length > PLAIN_ABOVE) this.#startAgain()
    this.#showTail(this.#render(text.slice(this.#settled.length)))
  }

  #startAgain() {
    this.#settled = ''
    this.#settledNodes = 0
  }

  #settle(text: string) {
    const length = settledLength(text.slice(this.#settled.length))
    if (length === 0) return
    const block = text.slice(this.#settled.length, this.#settled.length + length)
    const nodes = this.#render(block)
    const count = nodes.childNodes.length
    this.#showTail(nodes)
    const settled = [...this.#root.childNodes].slice(this.#settledNodes, this.#settledNodes + count)
    this.#settled += block
    this.#settledNodes += count
    for (const node of settled) if (node.nodeType === 1) this.#options.settled?.(node as Element)
  }

  #showTail(fresh: DocumentFragment) {
    morphChildren(this.#root, fresh, this.#root.childNodes[this.#settledNodes] ?? null)
  }

  #render(text: string) {
    return renderMarkdownNodes(text, this.#context, this.#options.view)
  }
}
