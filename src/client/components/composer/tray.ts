import { createSendPicture } from '../../calls/pictures.ts'
import { createPickedPictures, type PickedPictures } from '../../stores/picked-pictures.ts'
import { introduce } from '../late.ts'
import PictureTray from './picture-tray.riot'

/** Comes with the first picture. */
export function openTray(room_id: string, window: Window & typeof globalThis): PickedPictures {
  introduce(PictureTray)
  return createPickedPictures({ send: createSendPicture(room_id, window.XMLHttpRequest), addresses: window.URL })
}
