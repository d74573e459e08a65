import { outlineOf } from './markdown-html.ts'

/**
 * How much of a growing text (UTF-16 code units) nothing that comes later can change.
 *
 * A block is settled once another has begun after it and the first line of that one is complete: until then `2` may
 * still become `2.`, the next item of the list above.
 */
export function settledLength(text: string): number {
  const lineStarts = startsOfLines(text)
  const completeLines = lineStarts.length - 1
  let settled = 0
  for (const block of outlineOf(text)) {
    const firstLine = block.level === 0 && block.nesting >= 0 ? block.map?.[0] : undefined
    if (firstLine !== undefined && firstLine < completeLines) settled = lineStarts[firstLine] ?? settled
  }
  return settled
}

/** Where each line begins; the last entry is the line that is still being written. */
function startsOfLines(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
