import type { Message } from '../../src/shared/messages.ts'
import type { MyRoom, NewRoom, Room } from '../../src/shared/rooms.ts'
import type { User } from '../../src/shared/users.ts'
import { openStream, type StreamReader } from './stream.ts'

export type Answer<T = Record<string, unknown>> = { status: number; body: T; headers: Headers }

/** Somebody with an account, who talks to a server as a bot would: a token, JSON, and nothing else. */
export class Person {
  private streams: StreamReader[] = []

  constructor(
    readonly url: string,
    readonly user: User,
    readonly token: string,
  ) {}

  static async register(url: string, account: { email: string; password: string; display_name: string }) {
    const response = await fetch(`${url}/api/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    })
    if (response.status !== 201) throw new Error(`sign-up answered ${response.status}: ${await response.text()}`)
    const { user, token } = (await response.json()) as { user: User; token: string }
    return new Person(url, user, token)
  }

  get headers() {
    return { authorization: `Bearer ${this.token}` }
  }

  async call<T = Record<string, never>>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...this.headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    })
    const text = await response.text()
    return { status: response.status, body: (text ? JSON.parse(text) : null) as T, headers: response.headers }
  }

  /** The same, and anything but success is a failure of the test. */
  async must<T = Record<string, never>>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>(method, path, body)
    if (answer.status >= 300)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  async creates(room: Partial<NewRoom> = {}): Promise<Room> {
    const wanted = { name: 'Lounge', model_id: 'fake/small', visibility: 'public', ...room }
    return (await this.must<{ room: Room }>('POST', '/api/rooms', wanted)).room
  }

  async joins(room: { id: string }): Promise<Room> {
    return (await this.must<{ room: Room }>('POST', `/api/rooms/${room.id}/join`)).room
  }

  async rooms(): Promise<MyRoom[]> {
    return (await this.must<{ rooms: MyRoom[] }>('GET', '/api/rooms')).rooms
  }

  async says(room: { id: string }, content: string, more: { client_id?: string; reply_to?: string } = {}) {
    const draft = { content, client_id: crypto.randomUUID(), ...more }
    return (await this.must<{ message: Message }>('POST', `/api/rooms/${room.id}/messages`, draft)).message
  }

  async reads(room: { id: string }, query = ''): Promise<Message[]> {
    return (await this.must<{ messages: Message[] }>('GET', `/api/rooms/${room.id}/messages${query}`)).messages
  }

  /** Opens a stream: of one room, or of everything. Ended by `leaves` or with the server. */
  async listens(path: string, { after }: { after?: string } = {}): Promise<StreamReader> {
    const headers = { ...this.headers, ...(after && { 'last-event-id': after }) }
    const stream = await openStream(`${this.url}${path}`, { headers })
    this.streams.push(stream)
    return stream
  }

  leaves() {
    for (const stream of this.streams.splice(0)) stream.close()
  }
}
