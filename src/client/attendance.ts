import type { Application, Desk } from './application.ts'
import { wearBadge } from './dom/tab-icon.ts'
import { type Badge, badgeOf } from './stores/badge.ts'
import { presenceCalls, tellPresence } from './stores/presence-teller.ts'

export type Attendance = ReturnType<typeof attend>

/** What reaches beyond the page: whether somebody looks at it, the icon of the tab, and calling for those who do not look. */
export function attend(app: Application, desk: Pick<Desk, 'rooms'>) {
  const { window } = app
  const teller = tellPresence(presenceCalls(app.api).present, window)
  let worn: Badge = { meant: 0, more: false }

  function wear(badge: Badge) {
    if (badge.meant === worn.meant && badge.more === worn.more) return
    worn = badge
    wearBadge(badge, window)
  }

  const stopWearing = desk.rooms.subscribe(() => wear(badgeOf(desk.rooms.all)))
  wear(badgeOf(desk.rooms.all))
  teller.anew()

  return {
    /** The line is back, at a server that may have forgotten. */
    resume: teller.anew,
    stop() {
      stopWearing()
      wear({ meant: 0, more: false })
      teller.stop()
    },
  }
}
