import { missingFields, wordsOf } from './form.ts'

type Form = {
  root: Element
  state: { busy: boolean }
  update: (state: object) => unknown
}

/** What every form does: says what is missing, sends once, and leads to the first field that is wrong. */
export async function submitForm(
  form: Form,
  event: SubmitEvent,
  send: (fields: Record<string, string>, element: HTMLFormElement) => Promise<unknown>,
): Promise<void> {
  event.preventDefault()
  if (form.state.busy || !(event.target instanceof HTMLFormElement)) return
  const fields = fieldsOf(event.target)
  const missing = missingFields(fields)
  if (missing) return show(form, { problem: null, fields: missing })
  form.update({ busy: true, problem: null, fields: {}, done: null })
  try {
    await send(fields, event.target)
    // It may have led to another page.
    if (form.root.isConnected) form.update({ busy: false })
  } catch (error) {
    show(form, wordsOf(error))
  }
}

function fieldsOf(form: HTMLFormElement): Record<string, string> {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]))
}

function show(form: Form, words: object) {
  if (!form.root.isConnected) return
  form.update({ busy: false, ...words })
  form.root.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}
