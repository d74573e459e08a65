import type { NostrChallenge, NostrEvent } from '../../../shared/nostr.ts'

type Unsigned = Pick<NostrEvent, 'kind' | 'created_at' | 'tags' | 'content'>
/** NIP-07: what a browser extension that keeps the key offers to pages. */
export type Extension = { signEvent: (event: Unsigned) => Promise<NostrEvent> }

const PATIENCE_MS = 1_000
const LOOK_EVERY_MS = 100

declare global {
  interface Window {
    nostr?: Extension
  }
}

export class NoExtension extends Error {
  override readonly name = 'NoExtension'

  constructor() {
    super('No Nostr extension was found in this browser.')
  }
}

/** Extensions put themselves into the page when they get to it. */
export async function findExtension(window: Pick<Window, 'nostr'>, patience_ms = PATIENCE_MS): Promise<Extension> {
  for (let waited = 0; ; waited += LOOK_EVERY_MS) {
    if (window.nostr) return window.nostr
    if (waited >= patience_ms) throw new NoExtension()
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS))
  }
}

/** The event that says: I hold this key, and I want to sign in here, now. */
export function proofOf({ challenge, url, kind }: NostrChallenge, now: number): Unsigned {
  return {
    kind,
    created_at: Math.floor(now / 1000),
    tags: [
      ['u', url],
      ['method', 'POST'],
      ['challenge', challenge],
    ],
    content: '',
  }
}

/** Lets the extension sign; what it throws is of any shape, often just that its owner said no. */
export async function signedProof(
  window: Pick<Window, 'nostr'>,
  ask: () => Promise<NostrChallenge>,
): Promise<NostrEvent> {
  const extension = await findExtension(window)
  const challenge = await ask()
  try {
    return await extension.signEvent(proofOf(challenge, Date.now()))
  } catch {
    throw new Error('The extension did not sign. Allow it to, and try again.')
  }
}
