/**
 * A page that stays open while the server gets a new version asks for parts that are no longer there. Whoever meets that is
 * told so and reloads when it suits them: what they have written is kept as a draft. Not while the browser is offline: then a
 * reload would take away what there is.
 */
export function offerReload(window: Window) {
  const offer = () => {
    const { document, location } = window
    if (document.querySelector('.outdated')) return
    const note = document.createElement('div')
    note.className = 'outdated'
    note.role = 'alert'
    const reload = document.createElement('button')
    reload.className = 'button primary'
    reload.textContent = 'Reload'
    reload.addEventListener('click', () => location.reload())
    note.append(
      'A part of this page could not be loaded: the server has a new version, or the connection failed. ' +
        'Reload the page to go on; your draft is kept.',
      reload,
    )
    document.body.append(note)
  }
  window.addEventListener('vite:preloadError', () => {
    if (window.navigator.onLine) offer()
    else window.addEventListener('online', offer, { once: true })
  })
}
