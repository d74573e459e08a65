import type { ToolRun } from '../../../shared/messages.ts'

/** What the tool was pointed at: its first argument that is text. */
export function targetOf(tool: Pick<ToolRun, 'arguments'>): string {
  if (typeof tool.arguments !== 'object' || tool.arguments === null) return ''
  const first = Object.values(tool.arguments).find(value => typeof value === 'string')
  return typeof first === 'string' ? first.replace(/^https?:\/\//, '') : ''
}

/** Raw input and output, for those who open the line. */
export function detailOf(tool: ToolRun): string {
  const input = JSON.stringify(tool.arguments, null, 2) ?? ''
  const output = tool.error ?? tool.result ?? ''
  return output ? `${input}\n\n${output}` : input
}
