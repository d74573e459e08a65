/**
 * A text without the marks of Markdown, for the eye: what people read, not how it was typed. Roughly, and in one pass each:
 * the page renders it properly. Lengths are bounded, and nothing repeated stands beside what it overlaps with, so that no text
 * makes it slow.
 */
export function withoutMarks(content: string): string {
  return content
    .replace(/^[ \t]{0,3}(?:```|~~~).{0,100}$/gm, '')
    .replace(/!?\[([^\][\n]{1,300})\]\([^()\s]{1,2000}\)/g, '$1')
    .replace(/^[ \t]{0,20}(?:#{1,6}|>|[-*+](?:[ \t]{1,3}\[[ xX]\])?)[ \t]{1,3}/gm, '')
    .replace(/^[ \t|:-]+$/gm, rule => (rule.includes('--') ? '' : rule))
    .replace(/\*\*|__|~~|`+/g, '')
    .replace(/(^|[\s(])[*_](\S[^*_\n]{0,300})[*_](?=$|[\s).,!?:;])/gm, '$1$2')
    .replaceAll('|', ' ')
    .replace(/[ \t]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim()
}
