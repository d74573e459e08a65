import { Elysia } from 'elysia'
import { diskProblem } from './disk.ts'
import type { Logger } from './logger.ts'
import { Problem } from './problems.ts'
import { requestId } from './request-log.ts'

/** The one handler in which every error of a request ends: problems as they are, everything else as a bare 500. */
export function errorsAsProblems(logger: Logger) {
  return new Elysia({ name: 'errors' }).onError({ as: 'global' }, ({ code, error, request, route }) => {
    if (error instanceof Problem) return error.toResponse()
    if (code === 'PARSE' && error.cause instanceof Problem) return error.cause.toResponse()
    if (code === 'NOT_FOUND') return new Problem(404, 'not_found', 'There is nothing at this address.').toResponse()
    if (code === 'PARSE') return new Problem(400, 'malformed_json', 'The body is not valid JSON.').toResponse()
    if (code === 'VALIDATION') return problemOfValidation(error).toResponse()
    if (code === 'INVALID_COOKIE_SIGNATURE')
      return new Problem(401, 'not_signed_in', 'Sign in to continue.').toResponse()
    const request_id = requestId(request)
    const disk = diskProblem(error)
    if (disk) {
      logger.error('a write was not taken', { request_id, route, code: disk.code })
      return disk.toResponse()
    }
    // The route as it is declared: the address itself may hold the token of an invite.
    logger.error('request failed', { request_id, method: request.method, route, error })
    return new Problem(500, 'internal_error', 'Something went wrong on the server. It has been logged.').toResponse()
  })
}

type Issue = { path?: string | readonly (PropertyKey | { key: PropertyKey })[]; message?: string }

/** Where and why, never what: the body may hold a password. */
function problemOfValidation(error: unknown): Problem {
  const issues = (error as { all?: Issue[] }).all ?? []
  const errors = issues.map(issue => ({ path: pathOf(issue), message: wordsOf(issue) }))
  const first = errors[0]
  return new Problem(422, 'invalid_input', first ? sentence(first.path, first.message) : 'The input is not valid.', {
    errors,
  })
}

function pathOf({ path }: Issue): string {
  if (typeof path === 'string') return path.replace(/^\//, '').replaceAll('/', '.')
  return (path ?? []).map(part => String(typeof part === 'object' ? part.key : part)).join('.')
}

function wordsOf({ message }: Issue): string {
  return message ?? 'is not valid'
}

function sentence(path: string, message: string): string {
  const words = /^[A-Z]/.test(message) ? message : `${path ? `The field ${path}` : 'The input'} ${message}`
  return /[.!?]$/.test(words) ? words : `${words}.`
}
