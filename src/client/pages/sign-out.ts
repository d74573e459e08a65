import type { Application, Desk } from '../application.ts'
import type { DialogName } from '../components/rooms/dialogs.ts'

type Show = (dialog: DialogName, subject: unknown) => unknown

/** Ends the session, and asks first where something that was written has not gone out. Throws when it goes on after all. */
export async function signOut(app: Application, desk: Desk, show: Show) {
  const { size, is_lasting } = desk.outbox
  // Without a connection nobody signs out, which they are told.
  if (!size || !desk.connection.online) return leave(app)
  show('sure', {
    title: 'Sign out',
    question: unsentWords(size, is_lasting),
    yes: 'Sign out',
    sure: () => leave(app),
  })
}

export function unsentWords(size: number, is_lasting: boolean): string {
  const what = size === 1 ? '1 message was not sent.' : `${size} messages were not sent.`
  if (!is_lasting) return `${what} Signing out loses what your browser does not let GroupChat keep.`
  return `${what} They wait in this browser until you sign in here again, and nobody else sees or sends them.`
}

async function leave(app: Application) {
  await app.session.signOut()
  // Left on purpose: whoever signs in next need not land in this room.
  app.router.go('/sign-in', { replace: true })
}
