import { register } from 'riot'
import AgentFooter from './agent-footer.riot'
import AgentWork from './agent-work.riot'
import MessagePictures from './message-pictures.riot'
import ReplyUnderWay from './reply-under-way.riot'

let registered = false

/** Makes what goes with answers and pictures, not with plain messages, known to every component. */
export function registerParts() {
  if (registered) return
  registered = true
  register('agent-footer', AgentFooter)
  register('agent-work', AgentWork)
  register('message-pictures', MessagePictures)
  register('reply-under-way', ReplyUnderWay)
}
