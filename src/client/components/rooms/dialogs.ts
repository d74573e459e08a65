import { introduce } from '../late.ts'

const DIALOGS = {
  browse: () => import('./browse-rooms-dialog.riot'),
  create: () => import('./create-room-dialog.riot'),
  settings: () => import('./room-settings-dialog.riot'),
  'message-menu': () => import('../message/message-menu.riot'),
  'message-history': () => import('../message/message-history-dialog.riot'),
  'delete-message': () => import('../message/delete-message-dialog.riot'),
  emoji: () => import('../reactions/emoji-dialog.riot'),
  ask: () => import('../message/ask-again-dialog.riot'),
  invite: () => import('../invites/invite-dialog.riot'),
  leave: () => import('./leave-dialog.riot'),
  help: () => import('../help/help-dialog.riot'),
  switcher: () => import('../switcher/switcher-dialog.riot'),
  sure: () => import('../dialog/sure-dialog.riot'),
  member: () => import('../members/member-dialog.riot'),
  // Not quite dialogs: they stand in the place of the room.
  search: () => import('../search/search-panel.riot'),
  inbox: () => import('../inbox/inbox-panel.riot'),
  missing: () => import('./room-gone.riot'),
  lost: () => import('./room-gone.riot'),
  pictures: () => import('../pictures/picture-viewer.riot'),
}

export type DialogName = keyof typeof DIALOGS

const here = new Map<DialogName, string | null>()

/** Few need a dialog at once, so each comes when it is called. Tells the tag that it goes by. */
export async function loadDialog(name: DialogName): Promise<string | null> {
  // Even of what has come already an import takes a turn, in which keys go elsewhere.
  const known = here.get(name)
  if (known !== undefined) return known
  const { default: dialog } = await DIALOGS[name]()
  introduce(dialog)
  here.set(name, dialog.name ?? null)
  return dialog.name ?? null
}
