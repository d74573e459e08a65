import type { Command } from './command.ts'

export const invite: Command = {
  name: 'invite',
  usage: '/invite name@example.org',
  words: 'Invite somebody by link, by mail or by their Nostr key',
  may: ({ asks }, { direct }) => asks && !direct,
  refusal: 'People who are muted cannot invite, and nobody can be invited to a direct conversation.',
  run(argument, { show }) {
    if (!argument) show('invite')
    else if (/^npub1[a-z0-9]+$/i.test(argument)) show('invite', { kind: 'nostr', npub: argument })
    else if (/^\S+@\S+\.\S+$/.test(argument)) show('invite', { kind: 'email', email: argument })
    else throw new Error(`“${argument}” is neither a mail address nor a key that begins with npub1.`)
    return null
  },
}
