import type { User } from '../../../shared/users.ts'
import { type Command, commandNamed, commandsFor, type Place } from '../../commands/index.ts'
import type { Emoji } from '../../text/emoji.ts'
import { emojiAt, fittingEmoji } from './emoji-picker.ts'
import { candidates, complete, mentionAt } from './mention-picker.ts'

export type Option = {
  key: string
  title: string
  note: string
  user?: User
  char?: string
  /** The text as it is once this was taken, and where the caret stands then. */
  taken: { text: string; caret: number }
}

export type Completion = {
  kind: 'commands' | 'arguments' | 'people' | 'emoji'
  /** Where in the text it begins. */
  start: number
  options: Option[]
  /** What goes on, where there may be nothing to choose from. */
  hint: string | null
}

export const LABELS: Record<Completion['kind'], string> = {
  commands: 'Commands',
  arguments: 'Choices',
  people: 'People and assistants',
  emoji: 'Emoji',
}

export type Typed = { text: string; caret: number }
type Sources = {
  place: Pick<Place, 'desk' | 'room'>
  /** Those who spoke, the latest first. */
  spoke: () => readonly string[]
  /** Null until they are loaded. */
  emoji: readonly Emoji[] | null
}

/** What can be put in where the caret stands; null where nothing is begun. */
export function completionAt(typed: Typed, sources: Sources): Completion | null {
  return ofCommand(typed, sources.place) ?? ofPeople(typed, sources) ?? ofEmoji(typed, sources.emoji)
}

function ofCommand({ text, caret }: Typed, place: Sources['place']): Completion | null {
  const name = /^\/([\p{L}\p{N}-]*)$/u.exec(text.slice(0, caret))?.[1]
  if (name === undefined) return ofArgument({ text, caret }, place)
  const rest = text.slice(caret)
  const options = commandsFor(place)
    .filter(command => command.name.startsWith(name.toLowerCase()))
    .map(command => {
      const put = takesMore(command) ? `/${command.name} ` : `/${command.name}`
      return { key: command.name, title: command.usage, note: command.words, taken: taken(put, rest.trimStart()) }
    })
  return options.length ? { kind: 'commands', start: 0, options, hint: null } : null
}

function ofArgument({ text, caret }: Typed, place: Sources['place']): Completion | null {
  const [before, name = '', typed = ''] = /^\/([\p{L}\p{N}-]+)\s+(.*)$/su.exec(text.slice(0, caret)) ?? []
  const command = commandNamed(name)
  if (before === undefined || !command || !commandsFor(place).includes(command) || !takesMore(command)) return null
  const head = `/${command.name} `
  const choices = command.choices?.(typed, place as Place) ?? []
  // Once one of them stands there, the others are not what is meant.
  const is_chosen = choices.some(choice => choice.insert === typed.trim())
  const options = (is_chosen ? [] : choices).map(({ insert, title, note }) => ({
    key: insert,
    title,
    note,
    taken: taken(`${head}${insert}`, text.slice(caret)),
  }))
  const is_begun = typed.includes(' ') && !options.length
  return is_begun
    ? null
    : { kind: 'arguments', start: head.length, options, hint: `${command.usage} — ${command.words}` }
}

function ofPeople({ text, caret }: Typed, { place, spoke }: Sources): Completion | null {
  const mention = mentionAt(text, caret)
  if (!mention) return null
  const people = candidates(place.room.details.people, mention.query, spoke(), place.desk.me.id)
  const options = people.map(user => ({
    key: user.id,
    title: user.display_name,
    note: `@${user.handle}`,
    user,
    taken: complete(text, caret, mention.start, user.handle),
  }))
  return options.length ? { kind: 'people', start: mention.start, options, hint: null } : null
}

function ofEmoji({ text, caret }: Typed, all: readonly Emoji[] | null): Completion | null {
  const named = all && emojiAt(text, caret)
  if (!named) return null
  const before = text.slice(0, named.start)
  const rest = text.slice(caret)
  const options = fittingEmoji(all, named.query).map(({ char, shortcodes: [name = ''] }) => ({
    key: name,
    title: `:${name}:`,
    note: '',
    char,
    taken: taken(`${before}${char}${/^\s/.test(rest) ? '' : ' '}`, rest),
  }))
  return options.length ? { kind: 'emoji', start: named.start, options, hint: null } : null
}

function taken(before: string, rest: string) {
  return { text: before + rest, caret: before.length }
}

function takesMore(command: Command): boolean {
  return command.usage.includes(' ')
}
