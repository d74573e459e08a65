import type { Observable } from '../stores/observable.ts'

type Updatable = { update: () => unknown }

/**
 * Updates a component after changes of stores, once for all the changes of one turn.
 * Returns how to stop, which belongs into `onBeforeUnmount`.
 */
export function follow(component: Updatable, ...stores: Observable[]): () => void {
  let due = false
  let stopped = false
  const update = () => {
    due = false
    if (!stopped) component.update()
  }
  const onChange = () => {
    if (due) return
    due = true
    queueMicrotask(update)
  }
  const stops = stores.map(store => store.subscribe(onChange))
  return () => {
    stopped = true
    for (const stop of stops) stop()
  }
}
