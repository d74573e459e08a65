const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** `yesterday`, `3 minutes ago`; what is less than a minute away is `just now`. */
export function ago(instant: string, now: number): string {
  const passed = now - Date.parse(instant)
  const [unit, ms] = UNITS.find(([, ms]) => passed >= ms) ?? []
  return unit && ms ? relative.format(-Math.floor(passed / ms), unit) : 'just now'
}
