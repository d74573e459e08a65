import { component } from 'riot'
import type { Router } from '../../router.ts'
import type { NotificationChoice } from '../../stores/notification-choice.ts'
import NotificationOffer from './notification-offer.riot'

/** Asks, beside the page, whether this browser shall notify; the browser itself is asked by a click only. Returns how to take it away. */
export function openOffer(document: Document, choice: NotificationChoice, router: Router): () => void {
  const place = document.createElement('notification-offer')
  document.body.append(place)
  const stopFollowing = router.subscribe(arrive)
  const offer = component(NotificationOffer)(place, { choice, answered: settle })
  arrive()

  function arrive() {
    const { name } = router.route
    // The settings ask the same; the administration has something else in its place.
    if (name === 'settings') settle()
    place.hidden = name === 'admin'
  }

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
