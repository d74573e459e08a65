/**
 * What a reader does not see and a model does: zero-width characters, direction overrides, tags and variation selectors, in
 * which whole sentences can be hidden; control characters.
 */
const UNSEEN = /\p{Default_Ignorable_Code_Point}|[\uFFF9-\uFFFB]|[^\P{Cc}\t\n]/gu

export function cleaned(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/\r\n?|[\u2028\u2029]/g, '\n')
      .replace(UNSEEN, '')
      // Without the look behind, a megabyte of spaces is tried from each of them.
      .replace(/(?<![^\S\n])[^\S\n]+$/gm, '')
      .replace(/\n{3,}/g, '\n\n')
  )
}
