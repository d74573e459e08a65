import type { Message } from '../../../shared/messages.ts'
import { dayOf } from '../timeline/times.ts'

/** Each with the words of the day line above it, where another day begins. */
export function byDay<T extends { message: Message }>(
  items: readonly T[],
  today: Date,
): (T & { day: string | null })[] {
  let above: string | null = null
  return items.map(item => {
    const day = dayOf(new Date(item.message.timestamp), today)
    const begins = day !== above
    above = day
    return { ...item, day: begins ? day : null }
  })
}
