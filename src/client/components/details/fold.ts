const KEY = 'details'

/** Where the details lie over the conversation rather than beside it. */
export function isNarrow(window: Window): boolean {
  return window.matchMedia('(max-width: 1100px)').matches
}

export function detailsWanted(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'folded'
  } catch {
    return true
  }
}

export function rememberDetails(open: boolean) {
  try {
    localStorage.setItem(KEY, open ? 'open' : 'folded')
  } catch {
    // Then they are open again next time.
  }
}
