export type ReplyText = ReturnType<typeof createReplyText>

/**
 * The growing text of one reply, as far as it has arrived. Pieces say where they belong, so that neither a repeated
 * nor a missing one does harm.
 */
export function createReplyText() {
  const listeners = new Set<() => void>()
  let arrived = ''
  /** Pieces from beyond a gap. */
  let aside: { at: number; text: string }[] = []

  const tell = () => {
    for (const listener of [...listeners]) listener()
  }

  function append(at: number, text: string): boolean {
    if (at > arrived.length) return false
    if (at + text.length > arrived.length) arrived += text.slice(arrived.length - at)
    return true
  }

  return {
    text: () => arrived,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    /** Returns false when text before this piece is missing; the piece is kept until the gap is filled. */
    add(at: number, text: string): boolean {
      const fits = append(at, text)
      if (fits) tell()
      else aside.push({ at, text })
      return fits
    },
    /** The whole text as somebody else has it. A shorter one is older and changes nothing. */
    replace(text: string) {
      if (text.length > arrived.length) arrived = text
      const waiting = aside.sort((one, other) => one.at - other.at)
      aside = []
      for (const piece of waiting) if (!append(piece.at, piece.text)) aside.push(piece)
      tell()
    },
  }
}
