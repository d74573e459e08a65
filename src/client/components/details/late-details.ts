import { introduce } from '../late.ts'

/** What stands beside the conversation comes after it: the room can be read and written in before. */
export async function loadDetails(): Promise<void> {
  const { default: details } = await import('./room-details.riot')
  introduce(details)
}
