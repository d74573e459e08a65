import type { RoomSections } from './room-order.ts'

/**
 * The order to keep when a room goes to another place of its part: rooms that never were moved stay unnamed, so that they,
 * and those to come, go by name.
 */
export function orderAfter({ favourites, rooms }: RoomSections, id: string, place: number): string[] {
  return [favourites, rooms].flatMap(part => {
    const moving = part.find(room => room.id === id)
    const others = part.filter(room => room !== moving)
    const arranged = moving ? [...others.slice(0, place), moving, ...others.slice(place)] : part
    const last = arranged.findLastIndex(room => room === moving || room.position !== null)
    return arranged.slice(0, last + 1).map(room => room.id)
  })
}
