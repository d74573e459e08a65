import { MESSAGE_MAX } from '../../../shared/limits.ts'

const number = new Intl.NumberFormat('en-US')

/** Says early that a message gets long; `over` when it is too long to be sent. */
export function lengthWords(text: string): { over: boolean; text: string } | null {
  const left = MESSAGE_MAX - text.length
  if (left < 0) {
    return { over: true, text: `Too long by ${count(-left)}. A message holds ${number.format(MESSAGE_MAX)}.` }
  }
  return left <= MESSAGE_MAX / 20 ? { over: false, text: `${count(left)} left` } : null
}

function count(characters: number): string {
  return `${number.format(characters)} ${characters === 1 ? 'character' : 'characters'}`
}
