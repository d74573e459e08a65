import type { User } from '../../shared/users.ts'
import type { Api } from '../api.ts'
import { Refusal } from '../api.ts'
import { createObservable } from './observable.ts'

export type Session = ReturnType<typeof createSession>

/** Who is at the keyboard: `undefined` until we know, `null` when nobody is signed in. */
export function createSession(api: () => Api) {
  const { subscribe, changed } = createObservable()
  let me: User | null | undefined
  let failed = false

  const become = (user: User | null) => {
    me = user
    failed = false
    changed()
  }

  return {
    subscribe,
    get me() {
      return me
    },
    get failed() {
      return failed
    },
    async load() {
      failed = false
      changed()
      try {
        become((await api().me()).user)
      } catch (error) {
        if (error instanceof Refusal && error.status === 401) return become(null)
        failed = true
        changed()
      }
    },
    /** Somebody has shown who they are. */
    welcome: become,
    async signOut() {
      await api().logout()
      become(null)
    },
    /** The server no longer knows us. */
    expire() {
      if (me !== null) become(null)
    },
    rename(user: User) {
      if (me?.id === user.id) become({ ...me, ...user })
    },
  }
}
