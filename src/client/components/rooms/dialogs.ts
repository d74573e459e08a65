import { register } from 'riot'

const DIALOGS = {
  browse: () => import('./browse-rooms-dialog.riot'),
  create: () => import('./create-room-dialog.riot'),
  settings: () => import('./room-settings-dialog.riot'),
  ask: () => import('../message/ask-again-dialog.riot'),
}

export type DialogName = keyof typeof DIALOGS

const registered = new Set<DialogName>()

/** Few need a dialog at once, so each comes when it is called, and is known to every component from then on. */
export async function loadDialog(name: DialogName) {
  const { default: dialog } = await DIALOGS[name]()
  if (registered.has(name)) return
  registered.add(name)
  register(dialog.name ?? name, dialog)
}
