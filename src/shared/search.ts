import { z } from 'zod'
import { RESULTS_DEFAULT, RESULTS_MAX, SEARCH_MAX } from './limits.ts'
import { Message } from './messages.ts'
import { Room } from './rooms.ts'
import { Id, line } from './text.ts'

export const SearchQuery = z.object({
  q: line(SEARCH_MAX, 'The search').describe(
    'Words and "quoted phrases", all of which have to be there, and from:handle (or from:"Display name"), in:room-name (or in:"Room name"), ' +
      'has:image, before:YYYY-MM-DD, after:YYYY-MM-DD (whole days, UTC). Anything else is text.',
  ),
  room_id: Id.optional(),
  limit: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(RESULTS_MAX, `must be at most ${RESULTS_MAX}`)
    .default(RESULTS_DEFAULT),
})
export type SearchQuery = z.infer<typeof SearchQuery>

/** A part of the text around the first hit, in pieces: plain text, never markup. An ellipsis stands where it was cut. */
export const Snippet = z
  .array(z.object({ text: z.string(), hit: z.boolean() }))
  .describe('The text around the first hit as plain pieces, in order; `hit` marks what was searched for.')
export type Snippet = z.infer<typeof Snippet>

export const SearchResult = z.object({ message: Message, room: Room, snippet: Snippet })
export type SearchResult = z.infer<typeof SearchResult>

/** Newest first. */
export const SearchResults = z.object({
  results: z.array(SearchResult),
  is_partial: z
    .boolean()
    .optional()
    .describe(
      'True where only the newest messages were looked through, so that older ones may be missing; absent otherwise. It happens ' +
        'with words of one or two characters among many messages: a longer word, or in:, from:, before: or after:, helps.',
    ),
})
export type SearchResults = z.infer<typeof SearchResults>
