import type { ProblemDetails } from '../../shared/problems.ts'

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Invalid input',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Unavailable',
  507: 'Out of space',
}

type Extra = { errors?: ProblemDetails['errors']; retryAfter?: number }

/** What the client should see of a failure. Anything else that is thrown is logged and answered with a bare 500. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    /** A stable snake_case word for programs. */
    readonly code: string,
    /** One sentence for a person; never an echo of what was sent. */
    readonly detail: string,
    readonly extra: Extra = {},
  ) {
    super(detail)
  }

  toResponse(): Response {
    const body: ProblemDetails = {
      type: 'about:blank',
      title: TITLES[this.status] ?? 'Error',
      status: this.status,
      code: this.code,
      detail: this.detail,
      ...(this.extra.errors && { errors: this.extra.errors }),
    }
    const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
    if (this.extra.retryAfter !== undefined) headers.set('retry-after', String(this.extra.retryAfter))
    if (this.status === 401) headers.set('www-authenticate', 'Bearer')
    return new Response(JSON.stringify(body), { status: this.status, headers })
  }
}

/** Missing and forbidden alike: who may not see a thing does not learn whether it is there. */
export function notFound(what: string): Problem {
  return new Problem(404, `${what.replaceAll(' ', '_')}_not_found`, `There is no such ${what}.`)
}

/** A 422 about a single field. */
export function invalid(path: string, message: string, code = 'invalid_input'): Problem {
  return new Problem(422, code, message, { errors: [{ path, message }] })
}
