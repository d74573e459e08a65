import { createParser } from 'eventsource-parser'

/** UTF-16 code units of one event: a generated picture is a single event of some megabytes. */
const EVENT_MAX = 32 * 1024 * 1024

export type EventStreamListener = {
  onEvent: (data: string, event: string | undefined) => void
  /** A field that is no part of the format, with its value. */
  onUnknownField: (field: string, value: string) => void
  onTooLarge: () => void
}

/**
 * Server-sent events out of bytes that were cut anywhere, even within a character.
 *
 * Only whole lines go on to the parser. Given half a line of an unknown field it drops the line without a word, and
 * whether the error of an old llama.cpp (a field named `error`) was seen would then depend on how the network cut it.
 */
export function createEventStream(listener: EventStreamListener) {
  const decoder = new TextDecoder()
  let unfinished: string[] = []
  let unfinishedLength = 0
  let broken = false
  const parser = createParser({
    maxBufferSize: EVENT_MAX,
    onEvent: ({ data, event }) => listener.onEvent(data, event),
    onError: error => {
      if (error.type === 'max-buffer-size-exceeded') giveUp()
      else if (error.type === 'unknown-field') listener.onUnknownField(error.field ?? '', error.value ?? '')
    },
  })

  function giveUp() {
    if (!broken) listener.onTooLarge()
    broken = true
    unfinished = []
  }

  function take(text: string) {
    if (broken) return
    const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1
    if (end > 0) {
      parser.feed(unfinished.join('') + text.slice(0, end))
      unfinished = []
      unfinishedLength = 0
    }
    if (end === text.length) return
    unfinished.push(text.slice(end))
    unfinishedLength += text.length - end
    if (unfinishedLength > EVENT_MAX) giveUp()
  }

  return {
    feed: (bytes: Uint8Array) => take(decoder.decode(bytes, { stream: true })),
    /** At the end of the body: some servers leave the blank line after their last event out. */
    end: () => take(`${decoder.decode()}\n\n`),
  }
}
