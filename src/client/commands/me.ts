import type { Command } from './command.ts'

export const me: Command = {
  name: 'me',
  usage: '/me waves',
  words: 'Say what you do, in italics behind your name',
  may: ({ asks }) => asks,
  refusal: 'You are muted in this room.',
  run(argument, { say }) {
    if (!argument) throw new Error('Say what you do, as in /me waves.')
    say(inItalics(argument))
    return null
  },
}

/**
 * The message is what everybody reads and finds: the words alone, in italics, under the name of who wrote them. Stars rather
 * than underscores, which would be taken for a part of the `@name` beside them.
 */
export function inItalics(text: string): string {
  return text
    .split('\n')
    .map(line => line.trim())
    .map(line => (line ? (/^\*|\*$/.test(line) ? `_${line}_` : `*${line}*`) : ''))
    .join('\n')
}
