import { closeInline } from './unfinished-inline.ts'

/** What a line may open with before its text begins: quotes, list markers, indentation. */
const LEAD = String.raw`(?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t]))*[ \t]*`
const FENCE = new RegExp(`^${LEAD}(\`{3,}|~{3,})(.*)$`)
const STARTS_BLOCK = /^[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|\|)/
/** A line that could still become a heading, an item, a rule, a fence or a task: a marker and nothing after it. */
const BARE_MARKER = new RegExp(
  `^(${LEAD})(?:[-*+_]{1,3}|\\d{1,9}[.)]?|#{1,6}|\`{1,3}|~{1,3}|\\[[ xX]?\\]?|(?:\`{3,}|~{3,})[^\`\\n]*)[ \\t]*$`,
)

/**
 * A half-written text as it should look meanwhile: what is open is closed, what cannot be told yet is held back.
 * The outcome is only ever shown for as long as the text grows.
 */
export function tidyUnfinished(text: string): string {
  const fence = openFence(text)
  if (fence) return withoutPartOfClosing(text, fence)

  const lineStart = text.lastIndexOf('\n') + 1
  const marker = BARE_MARKER.exec(text.slice(lineStart))
  if (marker) return text.slice(0, lineStart) + (marker[1] ?? '').trimEnd()

  const table = tidyTable(text)
  if (table !== undefined) return table

  const start = startOfParagraph(text)
  return text.slice(0, start) + closeInline(text.slice(start))
}

function openFence(text: string): string | undefined {
  let open: string | undefined
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    const [, ticks = '', info = ''] = FENCE.exec(line) ?? []
    if (!ticks) continue
    if (!open) open = ticks[0] === '`' && info.includes('`') ? undefined : ticks
    else if (ticks[0] === open[0] && ticks.length >= open.length && !info.trim()) open = undefined
  }
  return open
}

function withoutPartOfClosing(text: string, fence: string): string {
  const lineStart = text.lastIndexOf('\n') + 1
  const line = text.slice(lineStart).trim()
  const isPart = line !== '' && line.length < fence.length && fence.startsWith(line)
  return isPart ? text.slice(0, lineStart) : text
}

/** Holds a table back until its head can be shown as one, then fills in the line of dashes. */
function tidyTable(text: string): string | undefined {
  const lines = text.split('\n')
  let first = lines.length
  while (first > 0 && /^[ \t]*\|/.test(lines[first - 1] ?? '')) first--
  const [head, dashes] = lines.slice(first)
  if (head === undefined || (first > 0 && lines[first - 1]?.trim())) return
  if (dashes === undefined) return lines.slice(0, first).join('\n')
  if (first + 2 !== lines.length || !/^[|\s:-]*$/.test(dashes)) return
  const columns = head
    .replace(/\\\|/g, '')
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|').length
  return [...lines.slice(0, first), head, `|${'-|'.repeat(columns)}`].join('\n')
}

function startOfParagraph(text: string): number {
  const lines = text.split('\n')
  let start = text.length
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index] ?? ''
    if (!line.trim()) break
    start -= line.length + (index === lines.length - 1 ? 0 : 1)
    if (/^[ \t]*\|/.test(line)) return Math.max(start, start + line.lastIndexOf('|'))
    if (STARTS_BLOCK.test(line)) return start + (STARTS_BLOCK.exec(line)?.[0].length ?? 0)
  }
  return start
}
