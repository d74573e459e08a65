import { introduce } from '../late.ts'
import AgentFooter from './agent-footer.riot'
import AgentWork from './agent-work.riot'
import LiveBody from './live-body.riot'
import MessageActivity from './message-activity.riot'
import MessageEnding from './message-ending.riot'
import MessagePictures from './message-pictures.riot'
import ReplyUnderWay from './reply-under-way.riot'

export { actOnCode } from '../../text/code-actions.ts'

/** Makes what goes with answers, code and pictures, not with plain messages, known to every component. */
export function introduceParts() {
  introduce(AgentFooter, AgentWork, LiveBody, MessageActivity, MessageEnding, MessagePictures, ReplyUnderWay)
}
