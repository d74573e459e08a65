/** `/topic …`, `/help`; a path such as `/etc/hosts` is none. */
const COMMAND = /^\/[\p{L}\p{N}-]+(?:\s|$)/u

export function isCommand(text: string): boolean {
  return COMMAND.test(text)
}

/** What is posted of a text: `//word` and ` /word` are how to say a word that would be a command. */
export function asMessage(text: string): string {
  return text.startsWith('//') && isCommand(text.slice(1)) ? text.slice(1) : text
}
