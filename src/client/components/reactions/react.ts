import type { OpenRoom } from '../../stores/open-room.ts'

/** Gives a message my reaction, or takes it back. What goes wrong stands under the message. */
export async function react({ acts, timeline }: Pick<OpenRoom, 'acts' | 'timeline'>, id: string, emoji: string) {
  try {
    await (await acts()).react(id, emoji)
  } catch (error) {
    timeline.tell(id, error instanceof Error ? error.message : String(error))
  }
}
