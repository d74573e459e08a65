/** The named characters that occur in the text of search results; the others stay as they are written. */
const NAMES: Record<string, string> = Object.fromEntries(
  'amp & lt < gt > quot " apos \' hellip … ndash – mdash — lsquo ‘ rsquo ’ ldquo “ rdquo ” laquo « raquo » bull • middot · copy © reg ® trade ™ deg ° euro € times × auml ä ouml ö uuml ü Auml Ä Ouml Ö Uuml Ü szlig ß eacute é egrave è agrave à ccedil ç ntilde ñ'
    .split(' ')
    .flatMap((name, index, all) => (index % 2 ? [] : [[name, all[index + 1] ?? '']])),
)

/** Text in which `&amp;` and `&#x27;` stand for `&` and `'`, read once: what is then left of `&lt;` was meant so. */
export function decodeEntities(source: string): string {
  return source.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal, hex, name) => {
    if (name === 'nbsp') return ' '
    if (name) return Object.hasOwn(NAMES, name) ? (NAMES[name] ?? whole) : whole
    const code = Number.parseInt(decimal ?? hex, decimal ? 10 : 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
