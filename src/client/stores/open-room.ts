import type { StreamEvent } from '../../shared/events.ts'
import type { User } from '../../shared/users.ts'
import type { Api } from '../api.ts'
import { nextFrame } from '../dom/next-frame.ts'
import { createComposing } from './composing.ts'
import { createDetails } from './details.ts'
import type { MessageActs } from './message-acts.ts'
import { createObservable } from './observable.ts'
import type { Outbox } from './outbox.ts'
import type { PickedPictures } from './picked-pictures.ts'
import type { Pins } from './pins.ts'
import type { Rooms } from './rooms.ts'
import { createTimeline } from './timeline.ts'
import { createTyping } from './typing.ts'
import { createUsage } from './usage.ts'

export type OpenRoom = ReturnType<typeof createOpenRoom>
type Surroundings = { api: Api; rooms: Rooms; outbox: Outbox; me: User; window: Window }

/** One room from the inside. */
export function createOpenRoom(room_id: string, { api, rooms, outbox, me, window }: Surroundings) {
  const timeline = createTimeline({ api, room_id, outbox, drawn: () => nextFrame(window) })
  const details = createDetails(api, rooms, room_id)
  const typing = createTyping(me.id, () => api.typing(room_id))

  const usage = createUsage(() => api.usage(room_id))
  const composing = createComposing()

  let target: string | null = null
  let read_seq: number | null = null
  let acts: Promise<MessageActs> | null = null

  const { subscribe, changed } = createObservable()

  /** Where the "New" line stands for this visit: behind what I had read when I came. */
  function drawLine() {
    const room = rooms.find(room_id)
    read_seq = room?.unread_count ? room.last_read_seq : null
  }

  /** … or where I put it. */
  function line(after_seq: number) {
    read_seq = after_seq
    changed()
  }

  return {
    id: room_id,
    subscribe,
    timeline,
    details,
    typing,
    usage,
    composing,
    /** For the next message; from the first picture on. */
    pictures: null as PickedPictures | null,
    /** From the first look at them on. */
    pins: null as Pins | null,
    /** What can be done with a message; it comes with the first wish to. */
    acts(): Promise<MessageActs> {
      acts ??= import('./message-acts.ts')
        .then(({ createMessageActs }) => createMessageActs({ api, rooms, timeline, line, me: me.id }))
        .catch(error => {
          acts = null
          throw error
        })
      return acts
    },
    /** The message that a link led to. */
    get target() {
      return target
    },
    get read_seq() {
      return read_seq
    },
    aim(message_id: string | null) {
      target = message_id
      drawLine()
    },
    /** Leads to a message of this room, wherever in it that stands. */
    goTo(message_id: string) {
      target = message_id
      if (timeline.has(message_id)) changed()
      else void timeline.openAround(message_id)
    },
    /** The message is in view: from now on nothing pulls towards it. */
    arrive() {
      target = null
    },
    async enter({ afresh = false } = {}) {
      const again = afresh || details.phase !== 'ready'
      if (again) {
        const details_loaded = details.load()
        usage.renew()
        void this.pins?.load()
        if (!rooms.find(room_id)) await details_loaded
      }
      drawLine()
      const anew = again || timeline.phase !== 'ready'
      if (target) return anew || !timeline.has(target) ? timeline.openAround(target) : undefined
      const wanted_seq = read_seq === null ? Number.MAX_SAFE_INTEGER : read_seq + 1
      if (anew || !timeline.covers(wanted_seq)) await (read_seq === null ? timeline.open() : timeline.openAtUnread())
    },
    apply(event: StreamEvent) {
      // What comes while nobody looks is new to whoever comes back.
      const begins = event.type === 'message.created' && rooms.find(room_id)?.unread_count === 1
      if (begins && window.document.visibilityState === 'hidden') drawLine()
      timeline.apply(event)
      details.apply(event)
      typing.apply(event)
      composing.apply(event)
      usage.apply(event)
      this.pins?.apply(event)
    },
  }
}
