import { ArrowDown, ArrowUp, CheckCheck, Link, LogOut, Star, StarOff, X } from 'lucide'
import type { MyRoom, NotifyLevel } from '../../../shared/rooms.ts'
import type { Application, Desk } from '../../application.ts'
import { announce } from '../../dom/announce.ts'
import { callDialog } from '../../dom/call-dialog.ts'
import { roomPath } from '../../router.ts'
import { createRoomWishes, type RoomWishes } from '../../stores/room-wishes.ts'
import { copyText } from '../../text/clipboard.ts'
import { type MenuPart, openMenu } from '../menu/open-menu.ts'

type Surroundings = {
  app: Pick<Application, 'api' | 'window' | 'router'>
  desk: Desk
  /** The room I am in. */
  current: string | null
}

const LEVELS: readonly { value: NotifyLevel; label: string }[] = [
  { value: 'everything', label: 'Every message' },
  { value: 'mentions', label: 'Mentions and replies' },
  { value: 'nothing', label: 'Nothing' },
]

/** What can be done with a room without going there, in a menu at `anchor`. */
export function openRoomMenu(anchor: HTMLElement, surroundings: Surroundings, room_id: string) {
  const { app, desk } = surroundings
  const room = desk.rooms.find(room_id)
  if (!room) return
  const wishes = createRoomWishes(app.api, desk.rooms)
  const hoping = hopingWith(desk)
  const link = `${app.window.location.origin}${roomPath(room.id)}`

  openMenu(anchor, desk.rooms.nameOf(room), [
    {
      items: [
        {
          label: room.is_favourite ? 'Remove from favourites' : 'Add to favourites',
          icon: room.is_favourite ? StarOff : Star,
          act: () => hoping(wishes.prefer(room.id, { is_favourite: !room.is_favourite })),
        },
        ...(room.unread_count
          ? [{ label: 'Mark as read', icon: CheckCheck, act: () => hoping(wishes.markRead(room.id)) }]
          : []),
        ...([-1, 1] as const)
          .filter(by => wishes.canStep(room.id, by))
          .map(by => ({
            label: by < 0 ? 'Move up' : 'Move down',
            icon: by < 0 ? ArrowUp : ArrowDown,
            act: () => hoping(wishes.step(room.id, by)),
          })),
      ],
    },
    notifyPart(room, wishes, hoping),
    {
      items: [
        { label: 'Copy link', icon: Link, act: () => void copyText(link) },
        room.direct
          ? { label: 'Close conversation', icon: X, act: () => closeRoom(surroundings, room.id) }
          : { label: 'Leave room…', icon: LogOut, danger: true, act: () => callDialog(anchor, 'leave', room.id) },
      ],
    },
  ])
}

/** What one is called for in a room, in a menu at `anchor`. */
export function openNotifyMenu(anchor: HTMLElement, { app, desk }: Omit<Surroundings, 'current'>, room_id: string) {
  const room = desk.rooms.find(room_id)
  if (!room) return
  openMenu(anchor, 'Notifications', [notifyPart(room, createRoomWishes(app.api, desk.rooms), hopingWith(desk))])
}

function notifyPart(room: MyRoom, wishes: RoomWishes, hoping: (wish: Promise<unknown>) => unknown): MenuPart {
  return {
    label: 'Notify me of',
    items: LEVELS.map(({ value, label }) => ({
      label,
      chosen: room.notify === value,
      act: () => hoping(wishes.prefer(room.id, { notify: value })),
    })),
  }
}

/** Puts a direct room away, and leaves it if I am there. */
export function closeRoom({ app, desk, current }: Surroundings, room_id: string) {
  void hopingWith(desk)(createRoomWishes(app.api, desk.rooms).prefer(room_id, { is_closed: true }))
  if (current === room_id) app.router.go('/')
}

/** For a hand or a key that moves a room itself. */
export function arrangeRooms<T>(
  { app, desk }: Omit<Surroundings, 'current'>,
  wish: (wishes: RoomWishes) => Promise<T>,
): Promise<T | null> {
  return hopingWith(desk)(wish(createRoomWishes(app.api, desk.rooms)))
}

/** To whoever does not see it move. */
export function tellPlace(region: Element, { rooms }: Desk, room_id: string, { at, of }: { at: number; of: number }) {
  const room = rooms.find(room_id)
  if (room) announce(region, `${rooms.nameOf(room)} is number ${at} of ${of}`)
}

/** A wish that was not kept is taken back, and that is said; what came of it is then null. */
function hopingWith(desk: Pick<Desk, 'tell'>) {
  return async <T>(wish: Promise<T>): Promise<T | null> => {
    try {
      return await wish
    } catch (error) {
      void desk.tell({ text: `That was not kept. ${error instanceof Error ? error.message : error}`, bad: true })
      return null
    }
  }
}
