import type { Message, MessageInRoom, MessagePage } from '../shared/messages.ts'
import type { ProblemDetails } from '../shared/problems.ts'
import type { ModelList, NewRoom, Room, RoomChange, RoomDetails, RoomList } from '../shared/rooms.ts'
import type { RoomUsage } from '../shared/usage.ts'
import type { User } from '../shared/users.ts'

/** The server understood and said no. `detail` is fit to be shown; `fields` says what is wrong where. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly fields: Record<string, string>
  /** How long the server wants to be left alone. */
  readonly retry_after_s: number

  constructor(status: number, problem: Partial<ProblemDetails>, retry_after_s = 1) {
    super(problem.detail || problem.title || `The server answered with status ${status}.`)
    this.status = status
    this.code = problem.code ?? 'unknown'
    this.retry_after_s = retry_after_s
    this.fields = Object.fromEntries((problem.errors ?? []).map(error => [error.path, error.message]))
  }

  /** It was read and refused; anything else may end otherwise next time. */
  get is_final() {
    return this.status < 500 && ![401, 408, 429].includes(this.status)
  }
}

/** No answer came: the server is down, or we are offline. */
export class Unreachable extends Error {
  constructor() {
    super('The server cannot be reached.')
  }
}

export type PageQuery = { before?: string; after?: string; around?: string; at?: 'unread'; limit?: number }
export type Post = { content: string; client_id: string; attachment_ids?: string[]; reply_to?: string }
export type Api = ReturnType<typeof createApi>
/** What every verb is made of; features that few visit bring verbs of their own. */
export type Caller = Pick<Api, 'call'>

/** The HTTP contract in verbs. Every call throws a `Refusal` or an `Unreachable`, never anything else. */
export function createApi(send: typeof fetch, onSignedOut: (why: string) => void) {
  async function call<T>(method: string, path: string, body?: unknown, outlives_page = false): Promise<T> {
    const init: RequestInit = { method, credentials: 'same-origin', keepalive: outlives_page }
    if (body instanceof FormData) init.body = body
    else if (method !== 'GET') {
      init.headers = { 'content-type': 'application/json' }
      init.body = JSON.stringify(body ?? {})
    }
    const answer = await send(path, init).catch(() => null)
    if (!answer) throw new Unreachable()
    const text = await answer.text().catch(() => null)
    if (text === null) throw new Unreachable()
    if (answer.ok) return parsed(text) as T
    const refusal = refusalOf(answer.status, text, Number(answer.headers.get('retry-after')) || undefined)
    if (answer.status === 401 && !path.startsWith('/api/auth/')) onSignedOut(refusal.message)
    throw refusal
  }

  const message = (id: string) => `/api/messages/${encodeURIComponent(id)}`
  const room = (id: string) => `/api/rooms/${encodeURIComponent(id)}`

  return {
    call,
    logout: () => call<void>('POST', '/api/auth/logout'),
    me: () => call<{ user: User }>('GET', '/api/auth/me'),

    models: () => call<ModelList>('GET', '/api/models'),
    rooms: () => call<RoomList>('GET', '/api/rooms'),
    directory: () => call<{ rooms: Room[] }>('GET', '/api/rooms/directory'),
    room: (id: string) => call<RoomDetails>('GET', room(id)),
    createRoom: (settings: Partial<NewRoom>) => call<{ room: Room }>('POST', '/api/rooms', settings),
    changeRoom: (id: string, change: RoomChange) => call<{ room: Room }>('PATCH', room(id), change),
    join: (id: string) => call<{ room: Room }>('POST', `${room(id)}/join`),
    leave: (id: string) => call<void>('POST', `${room(id)}/leave`),
    typing: (id: string) => call<void>('POST', `${room(id)}/typing`),
    read: (id: string, message_id: string | null) => call<void>('PUT', `${room(id)}/read`, { message_id }, true),

    messages: (id: string, query: PageQuery) => call<MessagePage>('GET', `${room(id)}/messages${asQuery(query)}`),
    post: (id: string, post: Post) => call<{ message: Message }>('POST', `${room(id)}/messages`, post),
    stop: (message_id: string) => call<{ message: Message }>('POST', `${message(message_id)}/stop`),
    regenerate: (message_id: string, model_id?: string) =>
      call<{ message: Message }>('POST', `${message(message_id)}/regenerate`, { model_id }),
    chooseVersion: (message_id: string, version: number) =>
      call<{ message: Message }>('PUT', `${message(message_id)}/version`, { version }),
    usage: (id: string) => call<RoomUsage>('GET', `${room(id)}/usage`),
    messageByHash: (hash: string) => call<MessageInRoom>('GET', `/api/messages/hash/${encodeURIComponent(hash)}`),
  }
}

export function refusalOf(status: number, text: string, retry_after_s?: number): Refusal {
  return new Refusal(status, (parsed(text) ?? {}) as Partial<ProblemDetails>, retry_after_s)
}

export function parsed(text: string): unknown {
  try {
    return text ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}

function asQuery(query: PageQuery): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, String(value))
  return params.size ? `?${params}` : ''
}
