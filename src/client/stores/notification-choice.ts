import { createObservable } from './observable.ts'

const OFF = 'notifications-off'
const HIDE_TEXT = 'notifications-hide-text'
const IMPOSSIBLE = 'notifications-impossible'
const OFFERED = 'notifications-offered'

/** `insecure`: browsers notify from `https:` and from this machine only. `default`: nobody has been asked yet. */
export type NotificationStanding = 'unsupported' | 'insecure' | 'default' | 'denied' | 'off' | 'on'
export type NotificationChoice = ReturnType<typeof createNotificationChoice>
export type NotifyingWindow = Window & Partial<Pick<typeof globalThis, 'Notification'>>

/** Whether this browser notifies, and how much it tells. Kept on this device; read anew each time, for another tab may change it. */
export function createNotificationChoice(window: NotifyingWindow) {
  const { subscribe, changed } = createObservable()
  const storage = storageOf(window)

  function set(key: string, is_set: boolean) {
    if (is_set) storage?.setItem(key, 'yes')
    else storage?.removeItem(key)
    changed()
  }

  return {
    subscribe,
    get standing(): NotificationStanding {
      if (!window.isSecureContext) return 'insecure'
      const permission = window.Notification?.permission
      if (!permission || !window.navigator.locks || storage?.getItem(IMPOSSIBLE)) return 'unsupported'
      if (permission !== 'granted') return permission
      return storage?.getItem(OFF) ? 'off' : 'on'
    },
    get shows_text() {
      return !storage?.getItem(HIDE_TEXT)
    },
    /** Once is enough; after that it is in the settings. */
    get was_offered() {
      return Boolean(storage?.getItem(OFFERED))
    },
    settle: () => set(OFFERED, true),
    /** Call it from a click: the browser asks. */
    async turnOn() {
      if (window.Notification?.permission === 'default') await window.Notification.requestPermission()
      storage?.setItem(OFFERED, 'yes')
      set(OFF, false)
    },
    /** The browser has refused to show one, although it may. */
    giveUp: () => set(IMPOSSIBLE, true),
    turnOff: () => set(OFF, true),
    showText: (shown: boolean) => set(HIDE_TEXT, !shown),
  }
}

function storageOf(window: Window): Storage | null {
  try {
    return window.localStorage
  } catch {
    return null
  }
}
