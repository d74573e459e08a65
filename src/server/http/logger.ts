import pino from 'pino'
import pretty from 'pino-pretty'

export type Level = 'debug' | 'info' | 'warn' | 'error'
export type Logger = Record<Level, (message: string, fields?: Record<string, unknown>) => void>

/** What must never be read in a log, whoever names it. Fields are named one by one, so this is the second wall. */
const SECRETS = ['password', 'token', 'cookie', 'authorization', 'secret', 'event', 'content']

/** One JSON object a line, or words when a person is watching. `write` takes the lines elsewhere. */
export function createLogger(level: Level, write?: (line: string) => void): Logger {
  const options = {
    level,
    base: null,
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: plain },
    redact: { paths: SECRETS.flatMap(name => [name, `*.${name}`]), censor: '[kept secret]' },
  }
  const log = pino(options, write ? { write: line => write(line.trimEnd()) } : standardOutput())
  const at =
    (own: Level) =>
    (message: string, fields: Record<string, unknown> = {}) =>
      log[own](fields, message)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function standardOutput() {
  if (!process.stdout.isTTY) return { write: (line: string) => void process.stdout.write(line) }
  return pretty({
    sync: true,
    messageKey: 'message',
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'time',
    errorLikeObjectKeys: [],
  })
}

function plain(value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value
}
