import { copyText } from './clipboard.ts'

/** How long a button says what it did, in milliseconds. */
const TOLD_FOR = 1500

/**
 * Makes the buttons in rendered messages work, with one listener for all that `root` holds now or later.
 * Returns how to end that.
 */
export function actOnCode(root: HTMLElement): () => void {
  const status = root.ownerDocument.createElement('span')
  status.className = 'visually-hidden'
  status.setAttribute('role', 'status')
  root.append(status)

  const act = (event: Event) => {
    const button = buttonOf(event)
    if (!button) return
    event.preventDefault()
    if (button.dataset.action === 'copy') void copy(button, status)
    if (button.dataset.action === 'wrap') wrap(button)
  }
  root.addEventListener('click', act)
  return () => {
    root.removeEventListener('click', act)
    status.remove()
  }
}

function buttonOf(event: Event): HTMLElement | null {
  const target = event.target as Element | null
  return target?.closest?.<HTMLElement>('.prose button[data-action]') ?? null
}

async function copy(button: HTMLElement, status: HTMLElement) {
  const code = button.closest('.code')?.querySelector('code')?.textContent ?? ''
  const told = (await copyText(code, button.ownerDocument)) ? 'Copied' : 'Not copied'
  button.textContent = told
  button.classList.add('told')
  status.textContent = told
  setTimeout(() => {
    button.textContent = 'Copy'
    button.classList.remove('told')
    status.textContent = ''
  }, TOLD_FOR)
}

function wrap(button: HTMLElement) {
  const wrapped = button.closest('.code')?.classList.toggle('wrapped') ?? false
  button.setAttribute('aria-pressed', String(wrapped))
}
