import { z } from 'zod'

/** NUL cannot be carried by SQL text, so it is refused at the door rather than lost in a log. */
const NO_NUL = /^[^\0]*$/

/** A single line of text that a person typed: trimmed, not empty, at most `max` UTF-16 code units. */
export function line(max: number, what: string) {
  return z
    .string(`${what} must be text`)
    .regex(NO_NUL, `${what} must not contain a NUL character`)
    .trim()
    .min(1, `${what} must not be empty`)
    .max(max, `${what} must be at most ${max} characters`)
    .regex(/^[^\r\n]*$/, `${what} must be a single line`)
}

/** A text of several lines, kept as written, at most `max` UTF-16 code units. */
export function paragraph(max: number, what: string) {
  return z
    .string(`${what} must be text`)
    .regex(NO_NUL, `${what} must not contain a NUL character`)
    .max(max, `${what} must be at most ${max} characters`)
}

export const Id = z.uuid('must be an id')
export const Instant = z.iso.datetime({ message: 'must be an ISO 8601 time in UTC' })
