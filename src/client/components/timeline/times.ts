const DAY_MS = 86_400_000

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' })
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })
const withYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' })

const untilMinute = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'short' })

export const timeOf = (timestamp: string) => clock.format(new Date(timestamp))
export const momentOf = (timestamp: string) => full.format(new Date(timestamp))
/** As exact as somebody needs to know it beforehand. */
export const deadlineOf = (timestamp: string) => untilMinute.format(new Date(timestamp))

/** The words of a day line. */
export function dayOf(date: Date, today: Date): string {
  const days = Math.round((midnight(today) - midnight(date)) / DAY_MS)
  if (days === 0) return 'Today'
  if (days === 1) return 'Yesterday'
  return date.getFullYear() === today.getFullYear() ? weekday.format(date) : withYear.format(date)
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}
