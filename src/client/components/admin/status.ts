import type { ServerStatus } from '../../../shared/admin.ts'

export type Fact = { name: string; value: string; note: string | null; good: boolean }

/** How the server is set up, each with what to do where something is missing. */
export function factsOf(status: ServerStatus): Fact[] {
  const offline = status.provider === 'offline'
  const fact = (name: string, value: string, note: string | null = null, good = true) => ({ name, value, note, good })
  return [
    fact('AI provider', offline ? 'Built-in offline model' : status.provider, status.hint, !offline && !status.hint),
    fact('Models', new Intl.NumberFormat('en-US').format(status.model_count), `${status.default_model_id} by default`),
    status.search_provider
      ? fact('Web search', status.search_provider)
      : fact('Web search', 'Off', 'Set SEARCH_PROVIDER to let the assistant search.', false),
    status.mail
      ? fact('Mail', 'On', 'Invites can be mailed.')
      : fact('Mail', 'Off', 'Set SMTP_URL to mail invites; until then they are links to copy.', false),
    status.registration === 'open'
      ? fact('Sign-up', 'Open', 'Anybody who reaches this server may sign up.')
      : fact('Sign-up', 'By invitation', 'Only who holds an invite may sign up.'),
    fact('Open streams', String(status.streams), 'Browsers and bots connected right now.'),
    fact('Version', status.version),
  ]
}

/** How large a part of the dearest each is, of the busiest where nothing has a price. */
export function sharesOf<T extends { cost_usd: number; prompt_tokens: number; completion_tokens: number }>(
  rows: readonly T[],
): (T & { share: number })[] {
  const priced = rows.some(row => row.cost_usd > 0)
  const measure = (row: T) => (priced ? row.cost_usd : row.prompt_tokens + row.completion_tokens)
  const most = Math.max(...rows.map(measure), 0)
  return rows.map(row => ({ ...row, share: most ? measure(row) / most : 0 }))
}
