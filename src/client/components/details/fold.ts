const KEY = 'details'

/** Whether the details lie over the conversation rather than beside it. */
export function narrowness(window: Window): MediaQueryList {
  return window.matchMedia('(max-width: 1100px)')
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
