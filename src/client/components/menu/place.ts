const GAP_PX = 4
const EDGE_PX = 8
type Box = Pick<DOMRect, 'left' | 'right' | 'top' | 'bottom'>
type Size = { width: number; height: number }

/** Below the anchor where there is room, else above it; never out of the window. */
export function placeOf(anchor: Box, menu: Size, window: Size): { left: number; top: number } {
  const below = anchor.bottom + GAP_PX
  const above = anchor.top - GAP_PX - menu.height
  const fits = below + menu.height <= window.height - EDGE_PX
  const top = fits || above < EDGE_PX ? Math.min(below, window.height - EDGE_PX - menu.height) : above
  const wanted = anchor.left + menu.width > window.width - EDGE_PX ? anchor.right - menu.width : anchor.left
  const left = Math.min(wanted, window.width - EDGE_PX - menu.width)
  return { left: Math.max(EDGE_PX, left), top: Math.max(EDGE_PX, top) }
}
