import { component } from 'riot'
import type { Router } from '../../router.ts'
import type { NotificationChoice } from '../../stores/notification-choice.ts'
import NotificationOffer from './notification-offer.riot'

/** Asks, beside the page, whether this browser shall notify; the browser itself is asked by a click only. */
export function openOffer(document: Document, choice: NotificationChoice, router: Router) {
  const place = document.createElement('notification-offer')
  document.body.append(place)
  // The settings ask the same.
  const stopFollowing = router.subscribe(() => router.route.name === 'settings' && close())
  const offer = component(NotificationOffer)(place, { choice, answered: close })

  function close() {
    stopFollowing()
    choice.settle()
    offer.unmount()
  }
}
