import { Problem } from './problems.ts'

/** So many at once, and then one every so many seconds. */
export type Rate = { burst: number; every_s: number }

/** What somebody may do how often. Each is counted by person, by address or by account. */
export const RATES = {
  login_address: { burst: 20, every_s: 3 },
  login_account: { burst: 8, every_s: 15 },
  register: { burst: 8, every_s: 60 },
  challenge: { burst: 20, every_s: 3 },
  invite: { burst: 30, every_s: 60 },
  invite_look: { burst: 40, every_s: 2 },
  upload: { burst: 30, every_s: 4 },
  post: { burst: 40, every_s: 0.5 },
  typing: { burst: 30, every_s: 1 },
  regenerate: { burst: 10, every_s: 10 },
  password: { burst: 8, every_s: 30 },
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
