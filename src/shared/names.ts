/** A text as it is compared: without case and accents. */
export function folded(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
}

/** A name that somebody types, or has; a hyphen may stand for a space. */
export function foldedName(name: string): string {
  return folded(name)
    .replace(/^#/, '')
    .replaceAll(/[\s-]+/g, '-')
}

type Called = { handle: string; display_name: string }

/** Whether somebody goes by this name: as their handle is written, or as they are called. */
export function isCalled({ handle, display_name }: Called, name: string): boolean {
  return handle === name || foldedName(display_name) === foldedName(name)
}
