import { colourLater } from '../../text/colour-later.ts'
import { awaitsEmoji, loadEmoji } from '../../text/emoji.ts'
import { LiveText } from '../../text/live-text.ts'
import { StreamingMarkdown } from '../../text/streaming-markdown.ts'
import { MessageBody, type MessageBodyProps } from './message-body.ts'

/** The text of one message while it is being written. */
export interface LiveSource {
  /** All that has come so far. */
  text(): string
  /** Calls back whenever there is more; returns how to end that. */
  subscribe(listener: () => void): () => void
}

export interface LiveBodyProps extends MessageBodyProps {
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
 * The text of a message that is being written, or was when somebody looked: while it grows this listens to that one text,
 * and at the end the same nodes become the final rendering.
 */
export class LiveBody {
  readonly #root: HTMLElement
  readonly #settled: MessageBody
  #stream: Stream | undefined

  constructor(root: HTMLElement, props: LiveBodyProps) {
    this.#root = root
    this.#settled = new MessageBody(root)
    this.update(props)
  }

  update(props: LiveBodyProps) {
    if (props.streaming) this.#follow(props)
    else if (this.#stream) this.#finish(this.#stream, props)
    else this.#settled.update(props)
  }

  remove() {
    this.#stream?.end()
    this.#stream = undefined
  }

  #follow(props: LiveBodyProps) {
    const live = props.live ?? null
    if (this.#stream && this.#stream.live !== live) this.remove()
    this.#stream ??= this.#start(live, props)
    if (!live) this.#stream.text.follow(props.content)
  }

  #start(live: LiveSource | null, props: LiveBodyProps): Stream {
    // Whoever reads the room aloud waits until this is done.
    this.#root.setAttribute('aria-busy', 'true')
    const markdown = new StreamingMarkdown(this.#root, props, { settled: colourLater })
    let asked = false
    const text = new LiveText(part => {
      // What comes after them finds them; what stands there before is exchanged at the end.
      if (!asked && awaitsEmoji(part)) {
        asked = true
        loadEmoji().catch(() => {})
      }
      markdown.update(part)
    }, live?.text() ?? props.content)
    const forget = live?.subscribe(() => text.follow(live.text()))
    const end = () => {
      forget?.()
      text.stop()
    }
    return { live, text, markdown, end }
  }

  #finish(stream: Stream, props: LiveBodyProps) {
    stream.end()
    stream.markdown.finish(props.content)
    this.#stream = undefined
    this.#settled.adopt(props)
    this.#root.removeAttribute('aria-busy')
    colourLater(this.#root)
  }
}
