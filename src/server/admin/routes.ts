import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Elysia } from 'elysia'
import { z } from 'zod'
import { AdminRoom, Person, PersonChange, ServerStatus } from '../../shared/admin.ts'
import { BackupList } from '../../shared/backups.ts'
import { Room } from '../../shared/rooms.ts'
import { Instant } from '../../shared/text.ts'
import { createReset } from '../accounts/reset.ts'
import type { Deps } from '../app.ts'
import { document } from '../http/document.ts'
import { adminsOnly } from '../http/session.ts'
import { purgeRoom, restoreRoom } from '../rooms/deletion.ts'
import { usageOf } from '../rooms/usage.ts'
import { VERSION } from '../version.ts'
import { changePerson, listPeople } from './people.ts'
import { listRooms } from './rooms.ts'

const TAG = 'Administration'

/** What only an admin may do. What is said in rooms is not among it. */
export function adminRoutes({ db, log, hub, env, catalog, backups, logger, sessions, secure }: Deps) {
  async function status(): Promise<ServerStatus> {
    const list = await catalog.models()
    const { total, by_person, by_model } = await usageOf(db, null)
    return {
      version: VERSION,
      provider: list.provider,
      hint: list.hint,
      model_count: list.models.length,
      default_model_id: list.default_model_id,
      models_fetched_at: list.fetched_at,
      search_provider: env.SEARCH_PROVIDER ?? null,
      mail: env.SMTP_URL !== undefined,
      registration: env.REGISTRATION,
      streams: hub.count(),
      usage: { total, by_person, by_model },
    }
  }

  return new Elysia({ prefix: '/api/admin' })
    .use(adminsOnly(sessions, secure))
    .get('/status', status, {
      detail: document(TAG, 'How the server is set up and what it has used', { 200: ServerStatus }),
    })
    .get('/people', async () => ({ people: await listPeople(db) }), {
      detail: document(TAG, 'Everybody with an account', { 200: z.object({ people: z.array(Person) }) }),
    })
    .patch(
      '/people/:user_id',
      async ({ params, body }) => ({ person: await changePerson(db, log, sessions, params.user_id, body) }),
      {
        body: PersonChange,
        detail: document(TAG, 'Disable somebody, or make them an admin', { 200: z.object({ person: Person }) }),
      },
    )
    .post(
      '/people/:user_id/reset-link',
      async ({ viewer, params, set }) => {
        const { token, expires_at } = await createReset(db, { user_id: params.user_id, created_by: viewer.user.id })
        set.status = 201
        return { url: `${env.PUBLIC_URL}/reset/${token}`, expires_at: new Date(expires_at).toISOString() }
      },
      {
        detail: document(TAG, 'A link with which somebody sets a new password, once, within a day', { 201: ResetLink }),
      },
    )
    .get('/backups', () => backups.list(), {
      detail: document(TAG, 'The backups, and how far the one is that is being made', { 200: BackupList }),
    })
    .post(
      '/backups',
      async ({ set }) => {
        // Not awaited: a large one takes minutes. What becomes of it stands in the list.
        backups.run('by hand').catch(error => logger.error('a backup failed', { error }))
        set.status = 202
        return backups.list()
      },
      { detail: document(TAG, 'Begin a backup, unless one is being made', { 202: BackupList }) },
    )
    .get('/rooms', async () => ({ rooms: await listRooms(db) }), {
      detail: document(TAG, 'Every room, deleted ones too', { 200: z.object({ rooms: z.array(AdminRoom) }) }),
    })
    .post(
      '/rooms/:room_id/restore',
      async ({ params }) => ({ room: await restoreRoom(log, db.tables, params.room_id) }),
      { detail: document(TAG, 'Bring a deleted room back', { 200: z.object({ room: Room }) }) },
    )
    .delete(
      '/rooms/:room_id',
      async ({ params, set }) => {
        const pictures = await purgeRoom(db, params.room_id)
        for (const path of pictures) await rm(join(env.DATA_DIR, 'uploads', path), { force: true })
        set.status = 204
      },
      { detail: document(TAG, 'Delete a deleted room for good, with all that was said in it', { 204: null }) },
    )
}

const ResetLink = z.object({ url: z.url(), expires_at: Instant })
