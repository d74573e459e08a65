import type { Application, Desk } from './application.ts'
import { afterTurn } from './dom/after-turn.ts'
import { isTouch } from './dom/keys.ts'
import { wearBadge } from './dom/tab-icon.ts'
import { type Badge, badgeOf } from './stores/badge.ts'
import { createNotificationChoice } from './stores/notification-choice.ts'
import { createNotifications } from './stores/notifications.ts'
import { presenceCalls, tellPresence } from './stores/presence-teller.ts'

export type Attendance = ReturnType<typeof attend>

/** What reaches beyond the page: whether somebody looks at it, the icon of the tab, and calling for those who do not look. */
export function attend(app: Application, desk: Desk) {
  const { window } = app
  const { rooms } = desk
  const choice = createNotificationChoice(window)
  const notifications = createNotifications({
    window,
    my_id: desk.me.id,
    rooms,
    choice,
    openRoom: () => desk.open_room,
    go: app.router.go,
    now: desk.serverTime,
  })
  const teller = tellPresence(presenceCalls(app.api).present, window)
  let offered = false
  let stopped = false
  let closeOffer = () => {}
  let worn: Badge = { meant: 0, more: false }

  function wear(badge: Badge) {
    if (badge.meant === worn.meant && badge.more === worn.more) return
    worn = badge
    wearBadge(badge, window)
    if (badge.meant) void offer()
  }

  /** Once, when there was something to be called for. Telephones notify for installed applications only. */
  async function offer() {
    if (offered || isTouch(window) || choice.was_offered || choice.standing !== 'default') return
    offered = true
    const late = await import('./components/notices/notification-offer.ts').catch(() => null)
    if (!late || stopped || app.router.route.name === 'settings') return
    closeOffer = late.openOffer(window.document, choice, app.router)
  }

  // What is said in the room in view is unread for the blink of an eye.
  const wearing = afterTurn(window, () => wear(badgeOf(rooms.all)))
  const stopWearing = rooms.subscribe(wearing.due)
  wear(badgeOf(rooms.all))
  desk.hear(notifications)
  teller.anew()

  return {
    /** The line is back, at a server that may have forgotten. */
    resume: teller.anew,
    /** Another room was opened. */
    look: notifications.look,
    stop() {
      stopped = true
      closeOffer()
      stopWearing()
      wearing.stop()
      notifications.stop()
      wear({ meant: 0, more: false })
      teller.stop()
    },
  }
}
