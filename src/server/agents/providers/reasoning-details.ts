import { type JsonRecord, records } from './json.ts'

/**
 * Joins the pieces of `reasoning_details` into the list that has to go back unchanged in a tool loop. Pieces of one kind,
 * index and id are one thought, of which the texts are joined and the signature, which comes last and alone, is kept.
 * Encrypted thoughts are never joined: half of one is worth nothing.
 */
export function createReasoningDetails() {
  const merged: JsonRecord[] = []

  return {
    /** Reads `delta.reasoning_details`. */
    add(pieces: unknown) {
      for (const piece of records(pieces)) {
        const earlier = merged.findLast(one => continues(one, piece))
        if (earlier) extend(earlier, piece)
        else merged.push({ ...piece })
      }
    },
    details: (): unknown[] => merged,
  }
}

function continues(earlier: JsonRecord, piece: JsonRecord): boolean {
  if (piece.type === 'reasoning.encrypted') return false
  const sameId = earlier.id == null || piece.id == null || earlier.id === piece.id
  return earlier.type === piece.type && earlier.index === piece.index && sameId
}

function extend(earlier: JsonRecord, piece: JsonRecord) {
  for (const [key, value] of Object.entries(piece)) {
    if (value === null || value === '') continue
    const before = earlier[key]
    const grows = (key === 'text' || key === 'summary') && typeof before === 'string' && typeof value === 'string'
    earlier[key] = grows ? before + value : value
  }
}
