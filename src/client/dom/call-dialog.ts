import type { DialogName } from '../components/rooms/dialogs.ts'

const CALL = 'call-dialog'

export type DialogCall = { name: DialogName; subject: unknown }

/** Asks the page for one of its dialogs, from wherever within it. */
export function callDialog(from: Element, name: DialogName, subject: unknown = null) {
  from.dispatchEvent(new CustomEvent<DialogCall>(CALL, { bubbles: true, detail: { name, subject } }))
}

export function onDialogCall(page: Element, show: (call: DialogCall) => void) {
  page.addEventListener(CALL, event => show((event as CustomEvent<DialogCall>).detail))
}
