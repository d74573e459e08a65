import { introduce } from '../late.ts'

const DIALOGS = {
  browse: () => import('./browse-rooms-dialog.riot'),
  create: () => import('./create-room-dialog.riot'),
  settings: () => import('./room-settings-dialog.riot'),
  ask: () => import('../message/ask-again-dialog.riot'),
}

export type DialogName = keyof typeof DIALOGS

/** Few need a dialog at once, so each comes when it is called. */
export async function loadDialog(name: DialogName) {
  introduce((await DIALOGS[name]()).default)
}
