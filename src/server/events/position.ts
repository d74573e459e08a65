/** Where somebody stands in the log, as it travels: `<epoch>-<event id>`. */
export function writePosition(epoch: string, id: number): string {
  return `${epoch}-${id}`
}

/** The event id, or null for what this log never wrote: garbage, or a position of a database that was since restored. */
export function readPosition(epoch: string, position: string): number | null {
  const match = /^([0-9a-f]+)-(\d{1,15})$/.exec(position)
  return match && match[1] === epoch ? Number(match[2]) : null
}
