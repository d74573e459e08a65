import { join } from 'node:path'
import { Elysia } from 'elysia'
import { createPasswords, type Passwords } from './accounts/passwords.ts'
import { profileRoutes } from './accounts/profile-routes.ts'
import { accountRoutes } from './accounts/routes.ts'
import { sessionRoutes } from './accounts/session-routes.ts'
import { createSessions, type Sessions } from './accounts/sessions.ts'
import { createTokens } from './accounts/tokens.ts'
import { adminRoutes } from './admin/routes.ts'
import type { Backups } from './backups/backups.ts'
import type { Database } from './db/database.ts'
import type { Env } from './env.ts'
import type { Bus } from './events/bus.ts'
import type { Log } from './events/log.ts'
import { createAddresses } from './http/address.ts'
import { assetRoutes } from './http/assets.ts'
import { docsRoutes } from './http/docs.ts'
import { errorsAsProblems } from './http/errors.ts'
import { healthRoutes } from './http/health.ts'
import { createLimits } from './http/limits.ts'
import type { Logger } from './http/logger.ts'
import type { Metrics } from './http/metrics.ts'
import { metricsRoutes } from './http/metrics-routes.ts'
import { requestLog } from './http/request-log.ts'
import { security } from './http/security.ts'
import { throttle } from './http/throttle.ts'
import { inboxRoutes } from './inbox/routes.ts'
import { createAdmission } from './invites/admission.ts'
import { inviteRoutes } from './invites/routes.ts'
import { messageRoutes } from './messages/routes.ts'
import { presenceRoutes } from './presence/routes.ts'
import type { PresenceStore } from './presence/store.ts'
import type { ModelCatalog } from './rooms/models.ts'
import { personalRoutes } from './rooms/personal-routes.ts'
import { roomRoutes } from './rooms/routes.ts'
import type { Indexer } from './search/indexer.ts'
import { searchRoutes } from './search/routes.ts'
import type { Hub } from './stream/hub.ts'
import { streamRoutes } from './stream/routes.ts'
import { createFiles, type Files } from './uploads/files.ts'
import { createReencode, type Reencode } from './uploads/reencode.ts'
import { uploadRoutes } from './uploads/routes.ts'

/** What the process hands in … */
export type Parts = {
  env: Env
  db: Database
  bus: Bus
  log: Log
  hub: Hub
  presence: PresenceStore
  indexer: Indexer
  catalog: ModelCatalog
  backups: Backups
  logger: Logger
  metrics: Metrics
  jwtSecret: string
}

/** … and what every plugin of routes may take from. */
export type Deps = Parts & {
  sessions: Sessions
  passwords: Passwords
  files: Files
  reencode: Reencode
  /** Served over https, so cookies are `Secure`. */
  secure: boolean
}

/** Every route, without a global and without listening: tests begin here. */
export async function createApp(parts: Parts) {
  const deps: Deps = {
    ...parts,
    sessions: createSessions(parts.db, parts.bus, createTokens(parts.jwtSecret)),
    passwords: createPasswords(),
    files: createFiles(join(parts.env.DATA_DIR, 'uploads')),
    reencode: createReencode(),
    secure: parts.env.PUBLIC_URL.startsWith('https:'),
  }
  const addressOf = createAddresses(parts.env.TRUSTED_PROXIES)
  return new Elysia()
    .use(requestLog(parts.logger, parts.metrics))
    .use(errorsAsProblems(parts.logger))
    .use(security(parts.env.PUBLIC_URL))
    .use(throttle(createLimits(parts.env.RATE_LIMITS), addressOf))
    .use(docsRoutes())
    .use(accountRoutes(deps, createAdmission(parts.db.tables)))
    .use(profileRoutes(deps))
    .use(sessionRoutes(deps))
    .use(roomRoutes(deps))
    .use(personalRoutes(deps))
    .use(inviteRoutes(deps))
    .use(messageRoutes(deps))
    .use(inboxRoutes(deps))
    .use(searchRoutes(deps))
    .use(streamRoutes(deps))
    .use(presenceRoutes(deps))
    .use(uploadRoutes(deps))
    .use(adminRoutes(deps))
    .use(healthRoutes(deps))
    .use(metricsRoutes(deps, addressOf))
    .use(await assetRoutes(parts.env.STATIC_DIR))
}
