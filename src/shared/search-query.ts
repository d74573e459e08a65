/** What somebody types into the search field, taken apart. Anything that is no operator is text, so nothing is ever wrong. */
export type SearchTerms = {
  /** Words and quoted phrases; a message has to contain each of them. */
  terms: string[]
  /** Handles or names of people, lower case: written by one of them. */
  from: string[]
  /** Names of rooms as typed: said in one of them. */
  in: string[]
  has_image: boolean
  /** Epoch milliseconds: written before that day (UTC) began … */
  before: number | null
  /** … and after that day was over. */
  after: number | null
}

/** An operator with its value, a quoted phrase, or a word; a quote that nobody closes ends with the text. */
const PIECE = /(from|in|has|before|after):(?:"([^"]*)"?|([^\s"]+))|"([^"]*)"?|[^\s"]+/giu
const DAY_MS = 86_400_000

export function parseSearch(typed: string): SearchTerms {
  const found: SearchTerms = { terms: [], from: [], in: [], has_image: false, before: null, after: null }
  for (const [piece, operator, quoted, plain, phrase] of typed.matchAll(PIECE)) {
    if (operator && apply(found, operator.toLowerCase(), (quoted ?? plain ?? '').trim())) continue
    const term = (phrase ?? piece).trim()
    if (term && !found.terms.includes(term)) found.terms.push(term)
  }
  return found
}

/** False when it is no operator after all, as in `before:lunch`: then it is a word like any other. */
function apply(found: SearchTerms, operator: string, value: string): boolean {
  if (operator === 'has') {
    if (value.toLowerCase() !== 'image') return false
    found.has_image = true
    return true
  }
  if (operator === 'from' || operator === 'in') {
    const name = value.replace(/^[@#]/, '')
    if (name === '') return false
    found[operator].push(operator === 'from' ? name.toLowerCase() : name)
    return true
  }
  const day = dayOf(value)
  if (day === null) return false
  if (operator === 'before') found.before = Math.min(day, found.before ?? day)
  else found.after = Math.max(day + DAY_MS, found.after ?? day + DAY_MS)
  return true
}

function dayOf(value: string): number | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(value)) return null
  const at = Date.parse(`${value}T00:00:00Z`)
  // 30 February would be rolled over into March by some engines.
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== value ? null : at
}
