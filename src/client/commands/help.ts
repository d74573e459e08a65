import { type Command, standing } from './command.ts'

export function helpOn(commands: () => readonly Command[]): Command {
  return {
    name: 'help',
    usage: '/help',
    words: 'List the commands',
    may: () => true,
    refusal: '',
    run(_, place) {
      const here = standing(place)
      return commands().filter(({ may }) => here && may(here.rights, here.info))
    },
  }
}
