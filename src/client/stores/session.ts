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
  let farewell: string | null = null
  let leaving = false

  const become = (user: User | null, why: string | null = null) => {
    me = user
    failed = false
    farewell = why
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
    /** Why somebody who was signed in is so no longer, unless they left by themselves. */
    get farewell() {
      return farewell
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
    welcome: (user: User) => become(user),
    async signOut() {
      leaving = true
      try {
        await api().logout()
        become(null)
      } finally {
        leaving = false
      }
    },
    /** The server no longer knows us, and says why. */
    expire(why: string) {
      if (me !== null) become(null, leaving ? null : why)
    },
    rename(user: User) {
      if (me?.id === user.id) become({ ...me, ...user })
    },
  }
}
