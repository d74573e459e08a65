import { number, parseJson, record, records, text } from './json.ts'
import type { ToolCall } from './provider.ts'

type Gathered = { index: number | null; id: string; name: string; arguments: string }

/**
 * Gathers tool calls from their fragments. Servers disagree about everything here: indexes start at 0 or 1, are missing, or
 * are 0 for every call; the id comes with the first fragment, with all of them or never; arguments are pieces of JSON, one
 * whole JSON text, an object, or nothing.
 */
export function createToolCalls() {
  const gathered: Gathered[] = []

  function find(index: number | null, id: string | null, whole: boolean): Gathered | undefined {
    const same = gathered.findLast(call => (index === null ? id !== null && call.id === id : call.index === index))
    // One index with another id is another call: older Ollama numbers every call 0.
    if (same && id !== null && same.id !== '' && same.id !== id) return gathered.find(call => call.id === id)
    const likely = !same && index === null && id === null ? gathered.at(-1) : same
    // A name and arguments after arguments that are complete already: a second call without an id of its own.
    return whole && id === null && likely && record(parseJson(likely.arguments)) ? undefined : likely
  }

  return {
    /** Reads `delta.tool_calls`. */
    add(fragments: unknown) {
      for (const fragment of records(fragments)) {
        const asked = record(fragment.function) ?? {}
        const index = number(fragment.index)
        const id = text(fragment.id)
        const piece = argumentsText(asked.arguments)
        let call = find(index, id, text(asked.name) !== null && piece !== '')
        if (!call) {
          call = { index, id: '', name: '', arguments: '' }
          gathered.push(call)
        }
        call.id ||= id ?? ''
        call.name ||= text(asked.name) ?? ''
        call.arguments += piece
      }
    },

    /** The calls in the order in which they began. One without a name asks for nothing and is left out. */
    calls(): ToolCall[] {
      return gathered
        .filter(call => call.name !== '')
        .map((call, at) => ({
          id: call.id || `call_${at + 1}`,
          name: call.name,
          arguments: call.arguments.trim() === '' ? '{}' : call.arguments,
        }))
    },
  }
}

function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value
  return record(value) ? JSON.stringify(value) : ''
}
