import type { Upload } from '../../shared/messages.ts'
import { parsed, refusalOf, Unreachable } from '../api.ts'

export type SendPicture = (file: File, onProgress: (share: number) => void, signal: AbortSignal) => Promise<Upload>

/** The old way of asking, because the new one does not say how much of the body has gone out. */
export function createSendPicture(room_id: string, Request: typeof XMLHttpRequest): SendPicture {
  return (file, onProgress, signal) =>
    new Promise((resolve, reject) => {
      const form = new FormData()
      form.set('room_id', room_id)
      form.set('file', file, file.name)
      const request = new Request()
      request.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0)
      request.onerror = request.onabort = () => reject(new Unreachable())
      request.onload = () => {
        const answer = parsed(request.responseText) as { upload: Upload } | undefined
        if (request.status === 201 && answer) resolve(answer.upload)
        else reject(refusalOf(request.status, request.responseText))
      }
      signal.addEventListener('abort', () => request.abort(), { once: true })
      request.open('POST', '/api/upload')
      request.send(form)
    })
}
