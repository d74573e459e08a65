/** What a line of the log says, and where it stands: the number its change had in the outbox, 0 for what belongs to no change. */
export type Line = { sql: string; id: number; hash: string }

const END = /; -- (\d+) ([0-9a-f]{64})$/

/**
 * One statement a line, so that a torn end is seen and a file can be read from anywhere. Each line carries the hash of
 * itself and of the line before: nothing can be changed, taken out or put in without breaking the chain.
 */
export function writeLine(previous: string, id: number, sql: string): Line & { text: string } {
  const one = spelledSafely(sql)
  const hash = chained(previous, id, one)
  return { sql: one, id, hash, text: `${one}; -- ${id} ${hash}\n` }
}

/** Null for a line that is none, such as one that was torn. */
export function readLine(text: string): Line | null {
  const found = END.exec(text)
  return found ? { sql: text.slice(0, found.index), id: Number(found[1]), hash: found[2] ?? '' } : null
}

export function chained(previous: string, id: number, sql: string): string {
  return new Bun.CryptoHasher('sha256').update(`${previous}\n${id}\n${sql}`).digest('hex')
}

/**
 * Spelled so that any SQLite reads back what was meant: texts without line breaks, which are put in by a mark that the text
 * does not have, and numbers that cannot be rounded. Names and all else stand as they are.
 */
function spelledSafely(sql: string): string {
  let out = ''
  let at = 0
  for (;;) {
    const start = nextQuote(sql, at)
    const between = sql.slice(at, start)
    out += between.includes('.') ? between.replace(REAL, exactly) : between
    if (start === sql.length) return out
    const end = endOfQuoted(sql, start)
    const quoted = sql.slice(start, end)
    out += quoted.startsWith("'") ? withoutBreaks(quoted) : quoted
    at = end
  }
}

function nextQuote(sql: string, from: number): number {
  QUOTE.lastIndex = from
  return QUOTE.exec(sql)?.index ?? sql.length
}

function endOfQuoted(sql: string, start: number): number {
  const mark = sql[start] ?? ''
  let at = start + 1
  for (;;) {
    const quote = sql.indexOf(mark, at)
    if (quote < 0) return sql.length
    if (sql[quote + 1] !== mark) return quote + 1
    at = quote + 2
  }
}

const QUOTE = /['"]/g
const REAL = /-?\d+\.\d+(?:e[+-]?\d+)?/gi

/** Up to here every reader is exact: a whole number of 15 digits times or by a power of ten that is one, too. */
const DIGITS = 15
const TENS = 22
const STEP = 2 ** 52

/** Beyond it older readers miss by a bit or two, so the number is made from a whole one by powers of two. */
function exactly(real: string): string {
  const value = Number(real)
  const [digits = '', tens = '0'] = real.toLowerCase().replace('-', '').split('e')
  const decimals = digits.length - 1 - digits.indexOf('.')
  const is_safe = digits.length - 1 <= DIGITS && Math.abs(Number(tens) - decimals) <= TENS
  if (is_safe || !Number.isFinite(value) || value === 0) return real
  let whole = Math.abs(value)
  let halvings = 0
  while (!Number.isInteger(whole)) {
    whole *= 2
    halvings++
  }
  let doublings = 0
  while (whole > Number.MAX_SAFE_INTEGER) {
    whole /= 2
    doublings++
  }
  const [sign, steps] = halvings > 0 ? ['/', halvings] : ['*', doublings]
  const factors = `${sign}${STEP}`.repeat(Math.floor(steps / 52)) + (steps % 52 ? `${sign}${2 ** (steps % 52)}` : '')
  return `(CAST(${value < 0 ? '-' : ''}${whole} AS REAL)${factors})`
}

/** Line breaks within a text, by marks that it does not contain. */
function withoutBreaks(text: string): string {
  const feed = text.includes('\n') ? markFor(text, 'n') : null
  const back = text.includes('\r') ? markFor(text, 'r') : null
  let spelled = text
  if (feed) spelled = `replace(${spelled.replaceAll('\n', feed)}, '${feed}', char(10))`
  if (back) spelled = `replace(${spelled.replaceAll('\r', back)}, '${back}', char(13))`
  return spelled
}

function markFor(text: string, letter: string): string {
  for (let n = 0; ; n++) {
    const mark = n === 0 ? `\\${letter}` : `\\${letter}${n};`
    if (!text.includes(mark)) return mark
  }
}
