import { highlightWithin } from '../../text/highlight.ts'
import { LiveText } from '../../text/live-text.ts'
import { type MarkdownContext, type Person, renderMarkdownNodes } from '../../text/markdown.ts'
import { StreamingMarkdown } from '../../text/streaming-markdown.ts'

/** The text of one message while it is being written. */
export interface LiveSource {
  /** All that has come so far. */
  text(): string
  /** Calls back whenever there is more; returns how to end that. */
  subscribe(listener: () => void): () => void
}

export interface MessageBodyProps extends MarkdownContext {
  content: string
  streaming: boolean
  /** Given while streaming; without it the message grows with `content`. */
  live?: LiveSource | null
}

interface Stream {
  live: LiveSource | null
  text: LiveText
  markdown: StreamingMarkdown
  end: () => void
}

/**
 * Shows the text of one message in `root`, and is the only one to touch what is in there: while the message is being
 * written it listens to that one text, and at the end the same nodes become the final rendering.
 */
export class MessageBody {
  readonly #root: HTMLElement
  #stream: Stream | undefined
  #shown = ''

  constructor(root: HTMLElement, props: MessageBodyProps) {
    this.#root = root
    this.update(props)
  }

  update(props: MessageBodyProps) {
    if (props.streaming) this.#follow(props)
    else if (this.#stream) this.#finish(this.#stream, props)
    else this.#show(props)
  }

  remove() {
    this.#stream?.end()
    this.#stream = undefined
  }

  #follow(props: MessageBodyProps) {
    const live = props.live ?? null
    if (this.#stream && this.#stream.live !== live) this.remove()
    this.#stream ??= this.#start(live, props)
    if (!live) this.#stream.text.follow(props.content)
  }

  #start(live: LiveSource | null, props: MessageBodyProps): Stream {
    // Whoever reads the room aloud waits until this is done.
    this.#root.setAttribute('aria-busy', 'true')
    const markdown = new StreamingMarkdown(this.#root, props, { settled: block => void highlightWithin(block) })
    const text = new LiveText(part => markdown.update(part), live?.text() ?? props.content)
    const forget = live?.subscribe(() => text.follow(live.text()))
    const end = () => {
      forget?.()
      text.stop()
    }
    return { live, text, markdown, end }
  }

  #finish(stream: Stream, props: MessageBodyProps) {
    stream.end()
    stream.markdown.finish(props.content)
    this.#stream = undefined
    this.#shown = identity(props)
    this.#root.removeAttribute('aria-busy')
    void highlightWithin(this.#root)
  }

  #show(props: MessageBodyProps) {
    const shown = identity(props)
    if (shown === this.#shown) return
    this.#shown = shown
    this.#root.replaceChildren(renderMarkdownNodes(props.content, props))
    void highlightWithin(this.#root)
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
