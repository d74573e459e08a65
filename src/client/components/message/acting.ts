import { component } from 'riot'
import type { Message } from '../../../shared/messages.ts'
import type { Desk } from '../../application.ts'
import { announce } from '../../dom/announce.ts'
import { callDialog } from '../../dom/call-dialog.ts'
import { isComposing } from '../../dom/keys.ts'
import type { OpenRoom } from '../../stores/open-room.ts'
import type { Rights } from '../../stores/rights.ts'
import { ACTED_ON, FIELDS } from './acting-late.ts'
import { createLongPress } from './long-press.ts'
import MessageBar from './message-bar.riot'
import { type ActName, offerOf } from './offers.ts'
import { perform } from './perform.ts'

export type Acting = ReturnType<typeof startActing>

export type ActingPlace = {
  room: OpenRoom
  desk: Pick<Desk, 'me' | 'rooms'>
  rights: () => Rights
  /** Where somebody goes who wants to write. */
  compose: () => void
  /** What is said there is read out. */
  announcements: () => Element
}

/** One bar for the whole conversation, which goes to the message that is pointed at or has the focus; and the keys. */
export function startActing(log: HTMLElement, place: ActingPlace) {
  const { room, desk } = place
  const stopped = new AbortController()
  const bar = document.createElement('message-bar')
  const shown = component(MessageBar)(bar, { room, rights: place.rights, act, more })
  const press = createLongPress(more)

  const messageOf = (row: Element | null) => room.timeline.find(row?.getAttribute('data-message-id') ?? '')
  const rowAt = (target: EventTarget | null) => (target as Element | null)?.closest?.('article') ?? null

  function show(row: Element | null) {
    if (row === bar.parentElement) return
    const message = messageOf(row)
    if (!message) bar.remove()
    else {
      shown.update({ id: message.id, said: null })
      row?.append(bar)
    }
  }

  async function act(name: ActName, message: Message, from: Element) {
    room.timeline.tell(message.id, null)
    const said = await perform(name, message, { room, desk, from }).catch((error: Error) => {
      room.timeline.tell(message.id, error.message)
      return null
    })
    if (!said) return
    announce(place.announcements(), said)
    shown.update({ said })
  }

  function more(from: Element) {
    const message = messageOf(from.closest('article'))
    if (message) callDialog(from, 'message-menu', { id: message.id, anchor: from.getBoundingClientRect(), act })
  }

  function onPointer({ target, pointerType }: PointerEvent) {
    if (pointerType === 'touch' || bar.contains(document.activeElement?.closest(':focus-visible') ?? null)) return
    show(rowAt(target))
  }

  function onFocus({ target }: FocusEvent) {
    const row = rowAt(target)
    if (!row) return
    for (const other of log.querySelectorAll('article[tabindex="0"]')) {
      other.setAttribute('tabindex', '-1')
      other.removeAttribute('data-visited')
    }
    row.setAttribute('tabindex', '0')
    row.setAttribute('data-visited', '')
    show(row)
  }

  function onLeave() {
    show(rowAt(document.activeElement))
  }

  function onKey(event: KeyboardEvent) {
    const row = rowAt(event.target)
    if (!row || event.defaultPrevented || isComposing(event)) return
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).closest(FIELDS)) return
    const message = messageOf(row)
    const is_capital = event.shiftKey && /^\p{L}$/u.test(event.key)
    const offer = message && !is_capital && offerOf(event.key, message, place.rights())
    if (offer) void act(offer.name, message, row)
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') return step(event, row)
    else if (event.key === 'Escape') place.compose()
    else if (event.key.length === 1 && event.key !== ' ' && event.key !== '?') write(event.key)
    else return
    event.preventDefault()
  }

  /** Any other letter begins a message, also one that was typed while this was being loaded. */
  function write(letter: string) {
    place.compose()
    const field = document.activeElement
    if (!(field instanceof HTMLTextAreaElement)) return
    field.setRangeText(letter, field.selectionStart, field.selectionEnd, 'end')
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }

  /** To the next message, unless there is more of this one to be seen. */
  function step(event: KeyboardEvent, row: Element) {
    const down = event.key === 'ArrowDown'
    const view = log.getBoundingClientRect()
    const { top, bottom, height } = row.getBoundingClientRect()
    if (height > view.height && (down ? bottom > view.bottom + 1 : top < view.top - 1)) return
    event.preventDefault()
    const rows = [...log.querySelectorAll<HTMLElement>('article')]
    const next = rows[rows.indexOf(row as HTMLElement) + (down ? 1 : -1)]
    if (next) next.focus()
    else if (down) place.compose()
  }

  function notice(event: Event) {
    if (event.type === 'pointerover') onPointer(event as PointerEvent)
    if (event.type === 'pointerdown') press.begin(event as PointerEvent)
    if (event.type === 'pointerup' || event.type === 'pointercancel') press.cancel()
    if (event.type === 'focusin') onFocus(event as FocusEvent)
    if (event.type === 'keydown') onKey(event as KeyboardEvent)
  }

  const { signal } = stopped
  for (const type of ACTED_ON) log.addEventListener(type, notice, { signal })
  log.addEventListener('pointerleave', onLeave, { signal })
  press.watch(log, signal)

  return {
    notice,
    stop() {
      stopped.abort()
      press.cancel()
      shown.unmount()
      bar.remove()
    },
  }
}
