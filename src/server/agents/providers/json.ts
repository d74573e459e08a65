/** Reading JSON that a server nobody here controls has written: each question has an answer, none of them throws. */

export type JsonRecord = Record<string, unknown>

export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch {
    return undefined
  }
}

export function record(value: unknown): JsonRecord | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : null
}

export function records(value: unknown): JsonRecord[] {
  return Array.isArray(value) ? value.filter(item => record(item) !== null) : []
}

/** A text with something in it. */
export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
}

/** A finite number, also one that was written as a string. */
export function number(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'string' || value.trim() === '') return null
  return number(Number(value))
}
