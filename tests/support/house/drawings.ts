import type { Browser } from 'playwright-core'

const drawn = new WeakMap<Browser, Promise<{ faces: Buffer[]; sketches: Buffer[] }>>()

/** Pictures as people have them, drawn by the browser itself. */
export function drawings(browser: Browser) {
  const known = drawn.get(browser) ?? draw(browser)
  drawn.set(browser, known)
  return known
}

async function draw(browser: Browser) {
  const page = await browser.newPage()
  const picture = async (width: number, height: number, svg: string) => {
    await page.setViewportSize({ width, height })
    await page.setContent(
      `<style>body{margin:0}</style><svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${svg}</svg>`,
    )
    return page.screenshot()
  }
  const faces = []
  for (const colours of FACES) faces.push(await picture(256, 256, face(...colours)))
  const sketches = [
    await picture(960, 600, draft('#10141b', '#e4e9f0', '#4fb3ff', 120)),
    await picture(960, 600, draft('#f7f4ee', '#1d2733', '#d2552d', 460)),
    await picture(1100, 520, chart()),
  ]
  await page.close()
  return { faces, sketches }
}

type Colours = [ground: string, skin: string, hair: string, coat: string]
const FACES: Colours[] = [
  ['#f2c14e', '#8d5a3b', '#2a1a14', '#3b6ea5'],
  ['#7fb7be', '#f0c9a8', '#b5763a', '#394053'],
  ['#e8a0a0', '#f3d3bd', '#4a2c2a', '#6b3fc4'],
  ['#9bc995', '#eec39a', '#1c1c22', '#a8380f'],
]

const face = (ground: string, skin: string, hair: string, coat: string) => `
  <rect width="256" height="256" fill="${ground}"/>
  <path d="M28 256c0-60 44-84 100-84s100 24 100 84z" fill="${coat}"/>
  <rect x="106" y="140" width="44" height="52" rx="20" fill="${skin}"/>
  <ellipse cx="128" cy="108" rx="52" ry="60" fill="${skin}"/>
  <path d="M72 112c-6-58 26-80 58-80s62 24 54 80c-10-30-24-40-56-40s-46 12-56 40z" fill="${hair}"/>
  <path d="M108 132q20 16 40 0" stroke="#5b2a22" stroke-width="5" fill="none" stroke-linecap="round"/>
  <circle cx="108" cy="108" r="5" fill="#1c1c22"/><circle cx="148" cy="108" r="5" fill="#1c1c22"/>`

const draft = (ground: string, ink: string, accent: string, at: number) => `
  <rect width="960" height="600" fill="${ground}"/>
  <rect x="60" y="48" width="120" height="20" rx="6" fill="${ink}"/>
  <rect x="760" y="44" width="140" height="30" rx="15" fill="${accent}"/>
  <rect x="${at}" y="170" width="380" height="40" rx="8" fill="${ink}"/>
  <rect x="${at}" y="226" width="300" height="40" rx="8" fill="${ink}"/>
  <rect x="${at}" y="300" width="360" height="14" rx="7" fill="${ink}" opacity=".5"/>
  <rect x="${at}" y="326" width="320" height="14" rx="7" fill="${ink}" opacity=".5"/>
  <rect x="${at}" y="372" width="170" height="46" rx="10" fill="${accent}"/>
  <circle cx="${at > 300 ? 220 : 720}" cy="300" r="120" fill="${accent}" opacity=".25"/>
  <circle cx="${at > 300 ? 260 : 680}" cy="330" r="76" fill="${accent}" opacity=".6"/>`

function chart() {
  const bars = Array.from({ length: 24 }, (_, hour) => {
    const height = 60 + 260 * Math.abs(Math.sin(hour / 3.7)) + (hour % 5) * 8
    return `<rect x="${70 + hour * 41}" y="${430 - height}" width="26" height="${height}" rx="4" fill="${hour === 15 ? '#9d8cff' : '#4fb3ff'}"/>`
  })
  const lines = [110, 190, 270, 350].map(y => `<path d="M60 ${y}H1050" stroke="#222b37" stroke-width="2"/>`)
  return `<rect width="1100" height="520" fill="#10141b"/>${lines.join('')}${bars.join('')}<path d="M60 430H1050" stroke="#a3b0c0" stroke-width="2"/>`
}
