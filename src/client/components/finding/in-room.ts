/** What finds the messages of one room; null where its name cannot be written so. */
export function inRoom(name: string): string | null {
  return name.includes('"') ? null : writtenOut('in', name)
}

/** An operator of the search with its value. */
export function writtenOut(operator: string, value: string): string {
  return `${operator}:${/\s/.test(value) ? `"${value}"` : value}`
}
