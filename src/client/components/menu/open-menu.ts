import type { IconNode } from 'lucide'
import { component } from 'riot'
import DropMenu from './drop-menu.riot'

export type MenuItem = {
  label: string
  icon?: IconNode
  /** For one of several choices: whether it is the one that holds. */
  chosen?: boolean
  danger?: boolean
  act: () => unknown
}
/** Items that belong together; with a label they are choices under it. */
export type MenuPart = { label?: string; items: MenuItem[] }

/** Opens a menu at an element, which has the focus back when the menu closes. Returns how to close it. */
export function openMenu(anchor: HTMLElement, label: string, parts: readonly MenuPart[]): () => void {
  const place = anchor.ownerDocument.createElement('drop-menu')
  // Where its anchor is, for those who go through the page by its parts.
  const part = anchor.closest('nav, main, #details') ?? anchor.ownerDocument.body
  part.append(place)
  const menu = component(DropMenu)(place, {
    anchor,
    label,
    parts: parts.filter(part => part.items.length),
    closed: () => menu.unmount(),
  })
  return () => menu.unmount()
}
