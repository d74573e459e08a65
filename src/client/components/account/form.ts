import { Refusal } from '../../api.ts'

export type FormWords = { problem: string | null; fields: Record<string, string> }

const MISSING: Record<string, string> = {
  display_name: 'What shall the others call you?',
  email: 'Enter your email address.',
  password: 'Enter your password.',
  current_password: 'Enter your current password.',
  new_password: 'Enter a new password.',
  npub: 'Enter a public key.',
}

/** What was left empty, in words at the field; null when everything is there. */
export function missingFields(form: Record<string, unknown>): Record<string, string> | null {
  const missing = Object.keys(MISSING).filter(name => name in form && String(form[name]).trim() === '')
  return missing.length ? Object.fromEntries(missing.map(name => [name, MISSING[name] ?? ''])) : null
}

/** Where the server says which field is wrong the words stand there, otherwise above the form. */
export function wordsOf(error: unknown): FormWords {
  const fields = error instanceof Refusal ? error.fields : {}
  const problem = error instanceof Error ? error.message : String(error)
  return { problem: Object.keys(fields).length ? null : problem, fields }
}
