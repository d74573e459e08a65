/** An answer for a person, or for a program as JSON. */
export function print(answer: { json: unknown; text: string }, { json = false }: { json?: boolean }) {
  console.log(json ? JSON.stringify(answer.json, null, 2) : answer.text)
}

/** Columns as wide as what stands in them. */
export function columns(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map(row => Bun.stringWidth(row[at] ?? ''))))
  const pad = (cell: string, at: number) => cell + ' '.repeat((widths[at] ?? 0) - Bun.stringWidth(cell))
  return rows.map(row => row.map(pad).join('  ').trimEnd()).join('\n')
}

/** One line on a terminal that says how far something is; nothing at all for a program that reads along. */
export function createProgress(out: NodeJS.WriteStream = process.stderr) {
  const shown = out.isTTY === true
  return {
    say(words: string) {
      if (shown) out.write(`\r\x1b[2K${words}`)
    },
    end() {
      if (shown) out.write('\r\x1b[2K')
    },
  }
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** `2026-11-20 09:30:00`, where the reader is. */
export function moment(instant: string): string {
  return new Date(instant).toLocaleString('sv-SE')
}
