import { readBody } from './body.ts'
import { invalid, Problem } from './problems.ts'

/** No form of ours has more; thousands of them are somebody's experiment. */
const FIELDS_MAX = 10

/** The multipart body of an upload route. */
export async function readForm(request: Request): Promise<FormData> {
  const headers = { 'content-type': request.headers.get('content-type') ?? '' }
  const bytes = await readBody(request)
  const form = await new Response(bytes, { headers }).formData().catch(() => {
    throw new Problem(400, 'malformed_form', 'The body is not a valid multipart form.')
  })
  if ([...form.keys()].length > FIELDS_MAX) throw new Problem(422, 'invalid_input', 'The form has too many fields.')
  return form
}

/** The one file of a form, of at most `max` bytes. */
export function fileOf(form: FormData, max: number): File {
  const [file, more] = form.getAll('file')
  if (!(file instanceof File) || more !== undefined) throw invalid('file', 'Send one picture as the field `file`.')
  if (file.size === 0) throw invalid('file', 'The file is empty.', 'not_a_picture')
  if (file.size > max) throw new Problem(413, 'too_large', `The picture is larger than ${max / 1024 / 1024} MB.`)
  return file
}
