import { Problem } from './problems.ts'

/** So many at once, and then one every so many seconds. */
export type Rate = { burst: number; every_s: number }

/**
 * What somebody may do how often. Accounts are guarded closely, addresses loosely: an office is one address, and so is
 * everybody behind a proxy that nobody has told us to trust.
 */
export const RATES = {
  login_address: { burst: 60, every_s: 1 },
  login_account: { burst: 10, every_s: 15 },
  register: { burst: 60, every_s: 10 },
  challenge: { burst: 60, every_s: 1 },
  invite: { burst: 60, every_s: 30 },
  invite_look: { burst: 60, every_s: 1 },
  upload: { burst: 40, every_s: 3 },
  post: { burst: 300, every_s: 0.1 },
  search: { burst: 60, every_s: 0.5 },
  change: { burst: 120, every_s: 0.5 },
  presence: { burst: 60, every_s: 0.5 },
  typing: { burst: 60, every_s: 0.5 },
  regenerate: { burst: 15, every_s: 6 },
  password: { burst: 10, every_s: 30 },
} satisfies Record<string, Rate>

export type RateName = keyof typeof RATES

/** Buckets kept at most; the fullest ones, which limit nobody, go first. */
const BUCKETS_MAX = 50_000

export type Limits = ReturnType<typeof createLimits>

/** Token buckets, one for each name and key. `off` lets everything pass: for benches and load tests. */
export function createLimits(mode: 'on' | 'off', now: () => number = Date.now) {
  const buckets = new Map<string, { tokens: number; at: number }>()

  /** Takes one token, or throws a 429 that says when there is one again. */
  function take(name: RateName, key: string): void {
    if (mode === 'off') return
    const { burst, every_s } = RATES[name]
    const id = `${name} ${key}`
    const known = buckets.get(id)
    const filled = known ? Math.min(burst, known.tokens + (now() - known.at) / 1000 / every_s) : burst
    if (filled < 1) {
      const retryAfter = Math.max(1, Math.ceil((1 - filled) * every_s))
      throw new Problem(429, 'rate_limited', `That was a little fast. Try again in ${retryAfter} s.`, { retryAfter })
    }
    buckets.delete(id)
    buckets.set(id, { tokens: filled - 1, at: now() })
    if (buckets.size > BUCKETS_MAX) sweep()
  }

  /** The buckets that were touched longest ago have filled up again. */
  function sweep() {
    let left = BUCKETS_MAX / 10
    for (const id of buckets.keys()) {
      if (left-- <= 0) return
      buckets.delete(id)
    }
  }

  return { take }
}
