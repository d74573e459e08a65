import { colourLater } from '../../text/colour-later.ts'
import { awaitsEmoji, loadEmoji } from '../../text/emoji.ts'
import { type MarkdownContext, type Person, renderMarkdownNodes } from '../../text/markdown.ts'

export interface MessageBodyProps extends MarkdownContext {
  content: string
}

/** Shows the text of one message in `root`, and is the only one to touch what is in there. */
export class MessageBody {
  readonly #root: HTMLElement
  #shown = ''

  constructor(root: HTMLElement) {
    this.#root = root
  }

  update(props: MessageBodyProps) {
    const shown = identity(props)
    if (shown === this.#shown) return
    this.#shown = shown
    this.#root.replaceChildren(renderMarkdownNodes(props.content, props))
    colourLater(this.#root)
    this.#nameEmoji(props)
  }

  /** What stands there is this already. */
  adopt(props: MessageBodyProps) {
    this.#shown = identity(props)
    this.#nameEmoji(props)
  }

  /** Until they are known the text stands as it was typed; then the words that name some are exchanged, and nothing else. */
  #nameEmoji(props: MessageBodyProps) {
    if (!awaitsEmoji(props.content)) return
    const shown = this.#shown
    const exchange = ([{ morphChildren }]: [typeof import('../../text/morph.ts'), unknown]) => {
      if (shown === this.#shown) morphChildren(this.#root, renderMarkdownNodes(props.content, props))
    }
    // Names say enough where the pictures cannot be had.
    Promise.all([import('../../text/morph.ts'), loadEmoji()]).then(exchange, () => {})
  }
}

/** What the rendering depends on; the people of the room only where somebody may be mentioned. */
function identity({ content, people, me }: MessageBodyProps): string {
  if (!content.includes('@')) return `:${content}`
  return `${me} ${namesOf(people)}:${content}`
}

const names = new WeakMap<readonly Person[], string>()

function namesOf(people: readonly Person[]): string {
  let known = names.get(people)
  if (known === undefined) {
    known = JSON.stringify(people.map(({ id, handle, display_name, kind }) => [id, handle, display_name, kind]))
    names.set(people, known)
  }
  return known
}
