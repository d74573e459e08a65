/** What most people mean most of the time. */
export const QUICK_EMOJI = ['👍', '❤️', '😂', '🎉', '👀', '✅'] as const
