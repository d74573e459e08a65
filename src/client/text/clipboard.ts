/** Puts a text on the clipboard; false if the browser would not have it. */
export async function copyText(text: string, page: Document = document): Promise<boolean> {
  try {
    const clipboard = page.defaultView?.navigator.clipboard
    if (clipboard) {
      await clipboard.writeText(text)
      return true
    }
  } catch {
    // Refused, for instance because the page has lost the focus: the old way may still do.
  }
  return copyBySelection(text, page)
}

/** Browsers offer no clipboard to pages served over plain HTTP, where many of us host. */
function copyBySelection(text: string, page: Document): boolean {
  const focused = page.activeElement
  const source = page.createElement('textarea')
  source.className = 'visually-hidden'
  source.value = text
  source.setAttribute('readonly', '')
  // Outside of an open dialog nothing can be selected.
  const place = focused?.closest('dialog') ?? page.body
  place.append(source)
  source.select()
  try {
    return page.execCommand('copy')
  } catch {
    return false
  } finally {
    source.remove()
    if (focused && 'focus' in focused && typeof focused.focus === 'function') focused.focus({ preventScroll: true })
  }
}
