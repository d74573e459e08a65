import { createObservable } from './observable.ts'

export type ThemeChoice = 'dark' | 'light' | 'system'
export type Theme = ReturnType<typeof createTheme>

/** Dark unless somebody chose otherwise; `public/theme.js` does the same before the first paint. */
export function createTheme(window: Window) {
  const { subscribe, changed } = createObservable()
  const systemIsLight = window.matchMedia('(prefers-color-scheme: light)')
  let choice = chosen(window)

  const show = () => {
    const light = choice === 'light' || (choice === 'system' && systemIsLight.matches)
    window.document.documentElement.dataset.theme = light ? 'light' : 'dark'
  }
  systemIsLight.addEventListener('change', show)

  return {
    subscribe,
    get choice() {
      return choice
    },
    choose(next: ThemeChoice) {
      choice = next
      try {
        window.localStorage.setItem('theme', next)
      } catch {
        // Without storage the choice lasts as long as the page.
      }
      show()
      changed()
    },
  }
}

function chosen(window: Window): ThemeChoice {
  try {
    const stored = window.localStorage.getItem('theme')
    return stored === 'light' || stored === 'system' ? stored : 'dark'
  } catch {
    return 'dark'
  }
}
