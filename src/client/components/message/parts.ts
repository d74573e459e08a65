import { introduce } from '../late.ts'
import AgentWork from './agent-work.riot'
import LiveBody from './live-body.riot'
import MessageAbove from './message-above.riot'
import MessageBelow from './message-below.riot'
import MessageWithin from './message-within.riot'

export { actOnCode } from '../../text/code-actions.ts'

/** Makes what goes with answers, code, pictures and marks, not with plain messages, known to every component. */
export function introduceParts() {
  introduce(AgentWork, LiveBody, MessageAbove, MessageBelow, MessageWithin)
}
