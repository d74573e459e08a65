import type { Bar } from './figures.ts'

const SVG = 'http://www.w3.org/2000/svg'
const WIDTH = 10
const GAP = 2
const HEIGHT = 100
/** Where nothing was: a day all the same. */
const FLOOR = 3

/** A bar for each day; each says its day and sum to whoever points at it. */
export function drawBars(bars: readonly Bar[], document: Document): SVGElement {
  const element = (name: string, attributes: Record<string, string | number>, ...children: Element[]) => {
    const made = document.createElementNS(SVG, name) as SVGElement
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, String(value))
    made.append(...children)
    return made
  }
  const width = bars.length * WIDTH - GAP
  const groups = bars.map(({ height, words, is_today }, n) => {
    const at = { x: n * WIDTH, width: WIDTH - GAP }
    const title = element('title', {})
    title.textContent = words
    const whole = element('rect', { ...at, class: 'whole', y: 0, height: HEIGHT })
    const shown = height || FLOOR
    const bar = element('rect', { ...at, class: height ? 'some' : 'none', y: HEIGHT - shown, height: shown })
    return element('g', height && is_today ? { class: 'today' } : {}, title, whole, bar)
  })
  const view = { viewBox: `0 0 ${width} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }
  return element('svg', view, ...groups)
}
