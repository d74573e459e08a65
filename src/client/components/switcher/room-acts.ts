import { SquareSlash } from 'lucide'
import type { Desk } from '../../application.ts'
import { commandsFor } from '../../commands/index.ts'
import type { OpenRoom } from '../../stores/open-room.ts'
import type { SwitcherAct } from './results.ts'

/** What can be done in the room I am in: the command goes into the composer, where its argument is typed. */
export function roomActs(desk: Desk, room: OpenRoom, page: Element): SwitcherAct[] {
  return commandsFor({ desk, room }).map(({ name, words }) => ({
    name: `/${name}`,
    also: words,
    note: words,
    icon: SquareSlash,
    act: () => begin(`/${name} `, page),
  }))
}

/** In front of what has been written there, if anything has. */
function begin(text: string, page: Element) {
  const area = page.querySelector<HTMLTextAreaElement>('message-composer textarea')
  if (!area) return
  area.value = text + area.value
  area.focus()
  area.setSelectionRange(text.length, text.length)
  area.dispatchEvent(new Event('input', { bubbles: true }))
}
