import type { Agent } from './agent.ts'
import { type AssistantDeps, createAssistant } from './assistant.ts'

/** Every agent of this server. Another kind is a file of its own and a line here. */
export function roster(deps: AssistantDeps): Agent[] {
  return [createAssistant(deps)]
}
