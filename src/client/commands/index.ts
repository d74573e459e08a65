import { clear } from './clear.ts'
import { type Command, type Place, standing, type Told } from './command.ts'
import { helpOn } from './help.ts'
import { invite } from './invite.ts'
import { leave } from './leave.ts'
import { me } from './me.ts'
import { model } from './model.ts'
import { mute } from './mute.ts'
import { topic } from './topic.ts'

export type { Command, Place, Told } from './command.ts'

const WRITTEN = /^\/([\p{L}\p{N}-]+)(?:\s+([\s\S]*))?$/u

/** All there are, in the order in which they are offered. Another one is a file and a line. */
export const commands: readonly Command[] = [me, topic, model, invite, mute, clear, leave, helpOn(() => commands)]

/** Those that may be given here. */
export function commandsFor(place: Pick<Place, 'desk' | 'room'>): Command[] {
  const here = standing(place)
  return commands.filter(({ may }) => here && may(here.rights, here.info))
}

export function commandNamed(name: string): Command | null {
  return commands.find(command => command.name === name.toLowerCase()) ?? null
}

/** There is no such command. What was typed may have been meant as words. */
export class UnknownCommand extends Error {}

/**
 * Does what `/name argument` says. Throws an error whose message is fit to be shown when it cannot be done, or may not be
 * by whoever gave it.
 */
export async function run(text: string, place: Place): Promise<Told | null> {
  const [, name = '', argument = ''] = WRITTEN.exec(text.trim()) ?? []
  const command = commandNamed(name)
  if (!command) throw new UnknownCommand(`There is no command /${name}. Type / to see those there are.`)
  const here = standing(place)
  if (!here || !command.may(here.rights, here.info)) throw new Error(command.refusal)
  return command.run(argument.trim(), place)
}
