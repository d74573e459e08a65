import { z } from 'zod'
import { ProblemDetails } from '../../shared/problems.ts'

/** What a call answers, for the OpenAPI page: a schema, `null` for no body, or the text of a media type of its own. */
type Answers = Record<number, z.ZodType | null>

/** The entry of a route in the API's description. Answers are described, not checked: presenters make them from these very shapes. */
export function document(tag: string, summary: string, answers: Answers) {
  const responses = Object.entries(answers).map(([status, schema]) => [
    status,
    schema
      ? { description: 'Done', content: { 'application/json': { schema: describe(schema) } } }
      : { description: 'Done, nothing to say' },
  ])
  return { tags: [tag], summary, responses: { ...Object.fromEntries(responses), default: PROBLEM } }
}

/** The entry of a route that takes a file, and text beside it. */
export function documentUpload(tag: string, summary: string, answers: Answers, fields: string[] = []) {
  const properties = {
    file: { type: 'string' as const, format: 'binary' },
    ...Object.fromEntries(fields.map(field => [field, { type: 'string' as const }])),
  }
  const schema = { type: 'object' as const, properties, required: ['file', ...fields] }
  return {
    ...document(tag, summary, answers),
    requestBody: { required: true, content: { 'multipart/form-data': { schema } } },
  }
}

/** The entry of a stream. */
export function documentStream(tag: string, summary: string) {
  return documentText(tag, summary, 'text/event-stream', 'Events, one after the other')
}

/** The entry of a route that answers text of some kind. */
export function documentText(tag: string, summary: string, type: string, description = 'Done') {
  const content = { [type]: { schema: { type: 'string' as const } } }
  return { tags: [tag], summary, responses: { 200: { description, content }, default: PROBLEM } }
}

const PROBLEM = {
  description: 'What went wrong',
  content: { 'application/problem+json': { schema: describe(ProblemDetails) } },
}

function describe(schema: z.ZodType) {
  const { $schema: _, ...shape } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' })
  // zod writes JSON Schema 2020-12, which is what OpenAPI 3.1 takes; the types here know only 3.0's dialect.
  return shape as unknown as Record<string, never>
}
