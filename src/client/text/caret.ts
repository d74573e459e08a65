const HOLDS_BLOCKS = 'p, ul, ol, li, blockquote, h3, h4, h5, h6, .table-scroll, table, thead, tbody, tr, td, th'

/** Puts the caret behind the last thing written, within the block it is written in. */
export function placeCaret(root: Element, caret: Element) {
  let place = root
  for (let last = lastWritten(place); last; last = lastWritten(place)) {
    if (last.matches('figure.code')) {
      place = last.querySelector('code') ?? last
      break
    }
    if (!last.matches(HOLDS_BLOCKS)) break
    place = last
  }
  place.append(caret)
}

/** Of the cells in a row, those to the right are empty until their turn comes. */
function lastWritten(place: Element): Element | null {
  if (place.localName !== 'tr') return place.lastElementChild
  return [...place.children].findLast(cell => cell.textContent) ?? place.firstElementChild
}
