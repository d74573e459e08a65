export type Level = 'debug' | 'info' | 'warn' | 'error'

const ORDER: Record<Level, number> = { debug: 10, info: 20, warn: 30, error: 40 }

export type Logger = Record<Level, (message: string, fields?: Record<string, unknown>) => void>

/** One JSON object a line, or words when a person is watching. Fields are named one by one, so a secret must be asked for. */
export function createLogger(
  level: Level,
  write: (line: string) => void = line => process.stdout.write(`${line}\n`),
): Logger {
  const pretty = process.stdout.isTTY === true
  const at =
    (own: Level) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      if (ORDER[own] < ORDER[level]) return
      const known = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)]))
      if (!pretty) return write(JSON.stringify({ time: new Date().toISOString(), level: own, message, ...known }))
      const details = Object.entries(known).map(
        ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      )
      write(`${own === 'info' ? '' : `${own}: `}${message}${details.join('')}`)
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function plain(value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value
}
