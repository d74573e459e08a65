import type { Upload } from '../../../shared/messages.ts'

const WIDTH_MAX = 480
const HEIGHT_MAX = 360

/** How large a picture is shown, known before it is there so that nothing jumps. Never larger than it is. */
export function shownSize({
  width,
  height,
}: Pick<Upload, 'width' | 'height'>): { width: number; height: number } | null {
  if (!width || !height) return null
  const scale = Math.min(1, WIDTH_MAX / width, HEIGHT_MAX / height)
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}
