export type Size = { width: number; height: number }
/** The square of a picture that is kept, in the picture's own pixels. */
export type Crop = { x: number; y: number; side: number }

/** How far one may go in; at the most a square of this many pixels is left. */
const SMALLEST = 64
const ZOOM_MAX = 5

/** The largest square, in the middle. */
export function wholeSquare({ width, height }: Size): Crop {
  const side = Math.min(width, height)
  return { x: (width - side) / 2, y: (height - side) / 2, side }
}

export function zoomLimit(picture: Size): number {
  return Math.max(1, Math.min(ZOOM_MAX, Math.min(picture.width, picture.height) / SMALLEST))
}

/** Keeps the middle where it is, as far as the edges allow. */
export function zoomed(picture: Size, crop: Crop, zoom: number): Crop {
  const side = Math.min(picture.width, picture.height) / Math.min(zoomLimit(picture), Math.max(1, zoom))
  const shift = (crop.side - side) / 2
  return within(picture, { x: crop.x + shift, y: crop.y + shift, side })
}

/** By shares of the square, so that the picture follows the finger whatever the zoom. */
export function moved(picture: Size, crop: Crop, right: number, down: number): Crop {
  return within(picture, { ...crop, x: crop.x + right * crop.side, y: crop.y + down * crop.side })
}

function within({ width, height }: Size, { x, y, side }: Crop): Crop {
  return { x: Math.min(Math.max(0, x), width - side), y: Math.min(Math.max(0, y), height - side), side }
}
