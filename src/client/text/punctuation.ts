/**
 * Classes of characters as the browser knows them, in place of the tables of `uc.micro`. The build puts this module where
 * markdown-it and linkify-it ask for those: the one to test a character, the other for the source of larger patterns,
 * which have no `u` flag and so cannot say `\p{P}`.
 */
export const Any =
  /[\0-\uD7FF\uE000-\uFFFF]|[\uD800-\uDBFF][\uDC00-\uDFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?:[^\uD800-\uDBFF]|^)[\uDC00-\uDFFF]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
export const Cc = /[\0-\x1f\x7f-\x9f]/
export const P = classOf(/\p{P}/u, /\p{P}+/gu)
export const S = classOf(/\p{S}/u, /\p{S}+/gu)
export const Z = classOf(/\p{Z}/u, /\p{Z}+/gu)

function classOf(one: RegExp, runs: RegExp) {
  let source = ''
  return {
    test: (character: string) => one.test(character),
    /** Of the first 65,536 characters; what lies beyond are signs of scripts that nobody links in. */
    get source() {
      source ||= `[${[...basicPlane().matchAll(runs)].map(([run]) => `${escaped(run)}-${escaped(run.slice(-1))}`).join('')}]`
      return source
    },
  }
}

function basicPlane(): string {
  return Array.from({ length: 0x10000 }, (_, code) =>
    code < 0xd800 || code > 0xdfff ? String.fromCharCode(code) : '\ud800',
  ).join('')
}

function escaped(run: string): string {
  return `\\u${run.charCodeAt(0).toString(16).padStart(4, '0')}`
}
