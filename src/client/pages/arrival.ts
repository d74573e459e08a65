import type { Welcome } from '../../shared/invites.ts'
import { Refusal } from '../api.ts'
import type { Application } from '../application.ts'
import { inviteCalls } from '../calls/invites.ts'
import { roomPath, routeOf } from '../router.ts'

/** The invite that somebody was on the way to when they had to sign in. */
export function inviteIn(next: string): string | undefined {
  const route = routeOf(new URL(next, 'http://here'))
  return route.name === 'invite' ? route.token : undefined
}

/**
 * Leads whoever has just signed in to where they were going. Somebody who came by an invite has said yes to it: they are
 * taken into the room, and back to the invite only where it would not let them in.
 */
export async function arrive(
  app: Pick<Application, 'api' | 'router' | 'session'>,
  { user, room }: Welcome,
  next: string,
) {
  const invite = inviteIn(next)
  let joined = room
  if (invite && !joined) {
    try {
      joined = (await inviteCalls(app.api).accept(invite)).room
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
    }
  }
  app.session.welcome(user)
  app.router.go(joined ? roomPath(joined.id) : next, { replace: true })
}
