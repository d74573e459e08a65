import { z } from 'zod'
import { parseNetworks } from './http/address.ts'

/** Values that mean "as if it were not set": a line left empty in an .env file. */
const unset = (value: unknown) => (value === '' ? undefined : value)
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(unset, schema.optional())
const withDefault = <T extends z.ZodType>(schema: T, value: z.input<T>) =>
  z.preprocess(input => unset(input) ?? value, schema)

const url = (what: string) => z.url({ protocol: /^https?$/, error: `${what} must be an http or https address` })
const choice = <const T extends [string, ...string[]]>(...values: T) =>
  z.enum(values, `must be one of ${values.join(', ')}`)

const atLeast = (least: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine(value => value >= least, `must be at least ${least}`)

const networks = z.string().transform((text, context) => {
  try {
    return parseNetworks(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'is not a list of addresses' })
    return z.NEVER
  }
})

const BindAddress = z
  .string()
  .regex(/^.+:\d{1,5}$/, 'must be HOST:PORT, for example 0.0.0.0:3001')
  .transform(text => {
    const at = text.lastIndexOf(':')
    return { hostname: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) }
  })
  .refine(({ port }) => port <= 65_535, 'the port must be at most 65535')

const Environment = z
  .object({
    BIND_ADDR: withDefault(BindAddress, '0.0.0.0:3001'),
    PUBLIC_URL: optional(url('PUBLIC_URL').transform(text => text.replace(/\/+$/, ''))),
    DATA_DIR: withDefault(z.string(), '.'),
    DATABASE_URL: withDefault(
      z.string().startsWith('sqlite:', 'must begin with sqlite: (other databases are not supported yet)'),
      'sqlite:chat.db?mode=rwc',
    ),
    BUS_URL: optional(z.never('joining several processes is not supported yet; leave it unset')),
    JWT_SECRET: optional(z.string().min(32, 'must be at least 32 characters')),
    OPENROUTER_API_KEY: optional(z.string().trim().min(1)),
    OPENROUTER_BASE_URL: optional(url('OPENROUTER_BASE_URL').transform(text => text.replace(/\/+$/, ''))),
    DEFAULT_MODEL: optional(z.string().trim().min(1)),
    SEARCH_PROVIDER: optional(choice('tavily', 'brave', 'searxng')),
    TAVILY_API_KEY: optional(z.string()),
    BRAVE_API_KEY: optional(z.string()),
    SEARXNG_URL: optional(url('SEARXNG_URL')),
    TAVILY_BASE_URL: optional(url('TAVILY_BASE_URL')),
    BRAVE_BASE_URL: optional(url('BRAVE_BASE_URL')),
    WEB_FETCH_ALLOW: optional(z.string()),
    AI_MAX_ROUNDS: withDefault(atLeast(1), '8'),
    AI_MAX_CALLS: withDefault(atLeast(0), '16'),
    AI_MAX_SECONDS: withDefault(atLeast(10), '600'),
    AI_MAX_TOKENS: withDefault(atLeast(1_000), '400000'),
    SMTP_URL: optional(z.url({ protocol: /^smtps?$/, error: 'must begin with smtp:// or smtps://' })),
    MAIL_FROM: optional(z.string()),
    STATIC_DIR: withDefault(z.string(), 'dist/client'),
    REGISTRATION: withDefault(choice('open', 'invite'), 'open'),
    TRUSTED_PROXIES: withDefault(networks, ''),
    RATE_LIMITS: withDefault(choice('on', 'off'), 'on'),
    SQL_LOG: withDefault(choice('on', 'off'), 'on'),
    LOG_LEVEL: withDefault(choice('debug', 'info', 'warn', 'error'), 'info'),
  })
  .superRefine((env, context) => {
    const required = { tavily: 'TAVILY_API_KEY', brave: 'BRAVE_API_KEY', searxng: 'SEARXNG_URL' } as const
    const key = env.SEARCH_PROVIDER && required[env.SEARCH_PROVIDER]
    if (key && !env[key])
      context.addIssue({
        code: 'custom',
        path: [key],
        message: `is needed because SEARCH_PROVIDER is ${env.SEARCH_PROVIDER}`,
      })
    if (env.SMTP_URL && !env.MAIL_FROM)
      context.addIssue({ code: 'custom', path: ['MAIL_FROM'], message: 'is needed because SMTP_URL is set' })
  })

export type Env = z.infer<typeof Environment> & { PUBLIC_URL: string }

/** All that is wrong with the environment, in one readable list. */
export class EnvironmentError extends Error {
  constructor(readonly mistakes: string[]) {
    super(
      `The configuration has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${mistakes.map(line => `  - ${line}`).join('\n')}`,
    )
  }
}

/** The only reader of `process.env`. Values are never repeated in an error: one of them may be a secret. */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const parsed = Environment.safeParse(source)
  if (!parsed.success)
    throw new EnvironmentError(parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`))
  const { hostname, port } = parsed.data.BIND_ADDR
  const host = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(hostname) ? 'localhost' : hostname
  return {
    ...parsed.data,
    PUBLIC_URL: parsed.data.PUBLIC_URL ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
  }
}

/** Ollama and the offline guide are on this machine: a proxy for the way out must not be asked for them. */
export function keepLoopbackDirect() {
  process.env.NO_PROXY ??= 'localhost,127.0.0.1,::1'
}
