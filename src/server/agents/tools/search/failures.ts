import { createFailures } from '../../providers/failures.ts'
import { plain, quoted, reasonIn } from '../../providers/reason.ts'
import { inWords } from '../../providers/retry-after.ts'
import { ToolFailure } from '../tool.ts'

export type SearchFailures = ReturnType<typeof createSearchFailures>

export type Named = {
  /** The engine in words. */
  name: string
  /** Cut out of whatever the engine says, should it repeat it. */
  secret: string | null
  /** The variables that an administrator looks at when something is wrong. */
  settings: { key: string | null; address: string }
}

/** Turns whatever went wrong at a search engine into a sentence for the people of the room and for the model. */
export function createSearchFailures({ name, secret, settings }: Named) {
  const network = createFailures(name, secret)

  function failure(lead: string, said: unknown = null, wait: number | null = null): ToolFailure {
    const reason = plain(reasonIn(said), secret)
    const again = wait === null ? '' : ` Try again in ${inWords(wait)}.`
    return new ToolFailure(`${lead}${reason ? ` ${name} said: ${quoted(reason)}` : ''}${again}`)
  }

  return {
    failure,
    badKey: (said: unknown = null) =>
      failure(`${name} refused the API key. An administrator should check ${settings.key ?? settings.address}.`, said),
    rateLimited: (said: unknown, wait: number | null) =>
      failure(`${name} allows no more searches at the moment.`, said, wait),
    quota: (said: unknown) =>
      failure(
        `The searches that the plan at ${name} includes are used up. An administrator can extend it there.`,
        said,
      ),
    empty: (query: string, because = '') => failure(`${name} found nothing for “${query}”. Try other words.${because}`),
    refused: (status: number, said: unknown) => failure(`${name} did not accept the search (HTTP ${status}).`, said),
    unavailable: (status: number, said: unknown) =>
      failure(`${name} cannot answer at the moment (HTTP ${status}).`, said),
    network: (error: unknown, begun: boolean, host: string) => failure(network.fromNetwork(error, begun, host).message),
    timedOut: (ms: number) => failure(`${name} did not answer within ${inWords(Math.ceil(ms / 1000))}.`),
    webPage: () =>
      failure(
        `${name} answered with a web page in place of results. An administrator should check ${settings.address}.`,
      ),
    redirected: (to: string) =>
      failure(`${name} redirects to ${to}, which is not followed. An administrator should check ${settings.address}.`),
    unreadable: () => failure(`${name} sent an answer that cannot be read.`),
    oversized: () => failure(`${name} sent an answer that is too large to read.`),
  }
}
