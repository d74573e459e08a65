import type { User } from '../../../shared/users.ts'

/** At the top of a direct room: who reads here, and who answers. */
export function directWords(
  partner: Pick<User, 'kind' | 'display_name'>,
  agent: Pick<User, 'handle'> | undefined,
): string {
  const { kind, display_name } = partner
  if (kind === 'agent')
    return `Here you have ${display_name} to yourself: it answers every message, and nobody else reads along.`
  const joining = agent ? ` Write @${agent.handle} where it should say something.` : ''
  return `This is between ${display_name} and you; nobody else sees it.${joining}`
}
