/** `@handle`, not within a word, an address or a path: `a@b.c` and `/@x` mention nobody. */
const MENTION = /(^|[^\p{L}\p{N}_@/.])@([\p{L}\p{N}](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?)/gu
const CODE = /(^|\n)(```|~~~)[\s\S]*?(?:\n\2|$)|(`+)(?!`)[\s\S]*?[^`]\3(?!`)/g

/**
 * The handles that a text mentions, lower case, each once, in order of appearance.
 * What stands in code is quoted, not addressed to anybody.
 */
export function mentionedHandles(content: string): string[] {
  const handles = new Set<string>()
  for (const match of withoutCode(content).matchAll(MENTION)) handles.add((match[2] ?? '').toLowerCase())
  return [...handles]
}

/** The text with its code blanked out, line breaks kept. */
export function withoutCode(content: string): string {
  return content.replace(CODE, code => code.replace(/[^\n]/g, ' '))
}
