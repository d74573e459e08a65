import type { Bus } from './bus.ts'
import { createMemoryBus } from './memory.ts'

/** The only place that knows which bus there is. */
export function openBus(): Bus {
  return createMemoryBus()
}
