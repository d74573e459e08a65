import { component } from 'riot'
import type { Router } from '../../router.ts'
import type { NotificationChoice } from '../../stores/notification-choice.ts'
import NotificationOffer from './notification-offer.riot'

/** Asks, beside the page, whether this browser shall notify; the browser itself is asked by a click only. Returns how to take it away. */
export function openOffer(document: Document, choice: NotificationChoice, router: Router): () => void {
  const place = document.createElement('notification-offer')
  document.body.append(place)
  // The settings ask the same.
  const stopFollowing = router.subscribe(() => router.route.name === 'settings' && settle())
  const offer = component(NotificationOffer)(place, { choice, answered: settle })

  function settle() {
    choice.settle()
    close()
  }
  function close() {
    stopFollowing()
    if (place.isConnected) offer.unmount()
  }
  return close
}
