import type { AdminRoom, Person, PersonChange, ServerStatus } from '../../shared/admin.ts'
import type { BackupList } from '../../shared/backups.ts'
import type { Room } from '../../shared/rooms.ts'
import type { Caller } from '../api.ts'

const person = (id: string) => `/api/admin/people/${encodeURIComponent(id)}`
const room = (id: string) => `/api/admin/rooms/${encodeURIComponent(id)}`

export const adminCalls = ({ call }: Caller) => ({
  status: () => call<ServerStatus>('GET', '/api/admin/status'),
  people: () => call<{ people: Person[] }>('GET', '/api/admin/people'),
  changePerson: (id: string, change: PersonChange) => call<{ person: Person }>('PATCH', person(id), change),
  resetLink: (id: string) => call<{ url: string; expires_at: string }>('POST', `${person(id)}/reset-link`),
  backups: () => call<BackupList>('GET', '/api/admin/backups'),
  backUp: () => call<BackupList>('POST', '/api/admin/backups'),
  rooms: () => call<{ rooms: AdminRoom[] }>('GET', '/api/admin/rooms'),
  restore: (id: string) => call<{ room: Room }>('POST', `${room(id)}/restore`),
  purge: (id: string) => call<void>('DELETE', room(id)),
})
