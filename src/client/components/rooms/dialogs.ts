import { register as registerComponent } from 'riot'
import BrowseRoomsDialog from './browse-rooms-dialog.riot'
import CreateRoomDialog from './create-room-dialog.riot'
import RoomSettingsDialog from './room-settings-dialog.riot'

let registered = false

/** Makes the dialogs about rooms known to every component. */
export function registerDialogs() {
  if (registered) return
  registered = true
  registerComponent('browse-rooms-dialog', BrowseRoomsDialog)
  registerComponent('create-room-dialog', CreateRoomDialog)
  registerComponent('room-settings-dialog', RoomSettingsDialog)
}
