import { component } from 'riot'
import { createObservable } from '../../stores/observable.ts'
import NoticeList from './notice-list.riot'

const SHOWN_MS = 10_000

export type News = {
  text: string
  /** Where it leads. */
  path?: string
  /** Something went wrong. */
  bad?: boolean
}
export type Notice = News & { key: number }
export type Notices = ReturnType<typeof createNotices>

/** News from elsewhere: each for a while, then it goes by itself. */
export function createNotices(shown_ms = SHOWN_MS) {
  const { subscribe, changed } = createObservable()
  let all: Notice[] = []
  let count = 0

  function drop(key: number) {
    all = all.filter(notice => notice.key !== key)
    changed()
  }

  return {
    subscribe,
    drop,
    get all(): readonly Notice[] {
      return all
    },
    tell(news: News) {
      const key = ++count
      all = [...all, { ...news, key }]
      changed()
      setTimeout(() => drop(key), shown_ms)
    },
  }
}

/** Beside every page, and there only once there is something to tell. */
export function openNotices(document: Document): Notices {
  const notices = createNotices()
  const place = document.createElement('notice-list')
  document.body.append(place)
  component(NoticeList)(place, { notices })
  return notices
}
