import type { Database } from '../db/database.ts'
import type { Bus } from '../events/bus.ts'
import type { Log } from '../events/log.ts'
import type { Agent } from './agent.ts'
import { createAssistant } from './assistant.ts'
import type { Provider } from './providers/provider.ts'

/** Every agent of this server. Another kind is a file of its own and a line here. */
export function roster(deps: { db: Database; log: Log; bus: Bus; provider: Provider }): Agent[] {
  return [createAssistant(deps)]
}
