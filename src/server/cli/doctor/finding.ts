/** What a look at one thing has found, and what to do where it is not well. Never a secret: this is printed and passed on. */
export type Finding = {
  about: string
  /** `note`: worth knowing, and no reason to fail. */
  state: 'good' | 'note' | 'wrong'
  found: string
  advice: string | null
}

export const good = (about: string, found: string): Finding => ({ about, state: 'good', found, advice: null })
export const note = (about: string, found: string, advice: string | null = null): Finding => ({
  about,
  state: 'note',
  found,
  advice,
})
export const wrong = (about: string, found: string, advice: string): Finding => ({
  about,
  state: 'wrong',
  found,
  advice,
})
