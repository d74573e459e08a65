/** The value below which `share` of the numbers lie. Sorts a copy. */
export function quantile(numbers: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(numbers).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function median(numbers: ArrayLike<number>): number {
  return quantile(numbers, 0.5)
}

/** `1234567` as `1,234,567`, and small numbers with a digit or two behind the point. */
export function count(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 })
}

/** A table as Markdown has it, so that a run can be pasted into the README. */
export function table(head: string[], rows: (string | number)[][]): string {
  const cells = [
    head,
    head.map(() => '---'),
    ...rows.map(row => row.map(cell => (typeof cell === 'number' ? count(cell) : cell))),
  ]
  return cells.map(row => `| ${row.join(' | ')} |`).join('\n')
}

/** A bar is met or named as missed; a missed one makes the run fail. */
export function bar(what: string, met: boolean) {
  console.log(`${met ? 'met   ' : 'MISSED'} ${what}`)
  if (!met) process.exitCode = 1
}

/** `--name=value` of the command line as a number. */
export function option(name: string, otherwise: number): number {
  const given = process.argv.find(argument => argument.startsWith(`--${name}=`))
  return given ? Number(given.slice(name.length + 3)) : otherwise
}
