import type { Badge } from '../stores/badge.ts'

/** Pixels; browsers make it smaller. */
const SIDE = 64
const PLAIN = { type: 'image/svg+xml', href: '/favicon.svg' }
/** The same drawing as in `favicon.svg`, on 24 by 24. */
const BUBBLE =
  'M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 13.5z'
/** Seen on light and on dark tabs. */
const COLOURS = { bubble: '#4fb3ff', agent: '#9d8cff', meant: '#e5484d', more: '#4fb3ff', number: '#ffffff' }

type BadgeHolder = Navigator & Partial<Pick<Navigator, 'setAppBadge' | 'clearAppBadge'>>

/** Puts what there is to read on the icon of the tab, and on that of the application where it is installed. */
export function wearBadge({ meant, more }: Badge, window: Window) {
  const { document } = window
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
  const drawn = meant || more ? draw(meant, document) : null
  if (link) Object.assign(link, drawn ? { type: 'image/png', href: drawn } : PLAIN)
  const navigator: BadgeHolder = window.navigator
  const told = meant || more ? navigator.setAppBadge?.(meant || undefined) : navigator.clearAppBadge?.()
  void told?.catch(() => {})
}

function draw(meant: number, document: Document): string | null {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIDE
  const pen = canvas.getContext('2d')
  if (!pen) return null
  pen.scale(SIDE / 24, SIDE / 24)
  pen.lineWidth = 2
  pen.lineJoin = 'round'
  pen.strokeStyle = COLOURS.bubble
  pen.stroke(new Path2D(BUBBLE))
  disc(pen, 9, 9.6, 1.5, COLOURS.bubble)
  disc(pen, 15, 9.6, 1.5, COLOURS.agent)
  pen.globalCompositeOperation = 'destination-out'
  disc(pen, 17, 17, meant ? 7.5 : 5.5, '#000')
  pen.globalCompositeOperation = 'source-over'
  disc(pen, 17, 17, meant ? 6.8 : 4.5, meant ? COLOURS.meant : COLOURS.more)
  if (meant) {
    pen.fillStyle = COLOURS.number
    pen.font = `bold ${meant > 9 ? 8.5 : 10.5}px system-ui, sans-serif`
    pen.textAlign = 'center'
    pen.textBaseline = 'middle'
    pen.fillText(meant > 9 ? '9+' : String(meant), 17, 17.5)
  }
  return canvas.toDataURL('image/png')
}

function disc(pen: CanvasRenderingContext2D, x: number, y: number, radius: number, colour: string) {
  pen.fillStyle = colour
  pen.beginPath()
  pen.arc(x, y, radius, 0, 2 * Math.PI)
  pen.fill()
}
