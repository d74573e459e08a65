import type { ToolRun } from '../../../shared/messages.ts'

type Words = Record<ToolRun['status'], string>

const WORDS: Record<string, Words> = {
  web_search: { running: 'Searching the web', done: 'Searched the web', error: 'Web search failed' },
  web_fetch: { running: 'Reading page', done: 'Read page', error: 'Page not read' },
}

/** What the tool does or did. */
export function nameOf({ name, status }: Pick<ToolRun, 'name' | 'status'>): string {
  return WORDS[name]?.[status] ?? name.replaceAll('_', ' ')
}

/** What it was pointed at: its first argument that is text, an address without what every address begins with. */
export function targetOf(tool: Pick<ToolRun, 'name' | 'arguments'>): string {
  if (typeof tool.arguments !== 'object' || tool.arguments === null) return ''
  const first = Object.values(tool.arguments).find(value => typeof value === 'string')
  if (typeof first !== 'string') return ''
  return tool.name === 'web_search' ? `“${first}”` : first.replace(/^https?:\/\/(?:www\.)?|\/$/g, '')
}

/** What the model wrote and, where people are shown something better, what it got to read. */
export function rawOf(tool: Pick<ToolRun, 'arguments' | 'result'>, with_result: unknown): string {
  const input = typeof tool.arguments === 'string' ? tool.arguments : (JSON.stringify(tool.arguments, null, 2) ?? '')
  return with_result ? `${input}\n\n${tool.result}` : input
}
