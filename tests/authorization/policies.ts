/** Whom the server has no reason to believe: without a token, or with one that does not hold (any more). */
export const OUTSIDERS = ['nobody', 'forged', 'expired', 'lapsed', 'revoked', 'disabled'] as const
/** Who is signed in, by what they are to the room that a call is about. The admin is not in it. */
export const INSIDERS = ['stranger', 'former', 'muted', 'member', 'owner', 'admin'] as const
export const EVERYBODY = [...OUTSIDERS, ...INSIDERS] as const

export type Insider = (typeof INSIDERS)[number]
export type Who = (typeof EVERYBODY)[number]

/** A status, and for a refusal the code of the problem: `403 muted`. */
export type Outcome = number | `${number} ${string}`
export type Expectation = Record<Who, Outcome>

export function everybody(outcome: Outcome): Expectation {
  return Object.fromEntries(EVERYBODY.map(who => [who, outcome])) as Expectation
}

export function signedIn(outcome: Outcome): Expectation {
  const outside = Object.fromEntries(OUTSIDERS.map(who => [who, '401 not_signed_in']))
  return { ...everybody(outcome), ...outside }
}

/** For whom a thing is not there, or not theirs to see: the same answer. */
export function nowhere(what = 'room'): Expectation {
  return signedIn(`404 ${what}_not_found`)
}

export function memberOfRoom(outcome: Outcome, what = 'room'): Expectation {
  return { ...nowhere(what), muted: outcome, member: outcome, owner: outcome }
}

export function memberWhoMaySpeak(outcome: Outcome, what = 'room'): Expectation {
  return { ...memberOfRoom(outcome, what), muted: '403 muted' }
}

/** The owner of the room, and an admin of the server, who need not be in it. */
export function ownerOrAdmin(outcome: Outcome): Expectation {
  return {
    ...nowhere('room'),
    muted: '403 not_the_owner',
    member: '403 not_the_owner',
    owner: outcome,
    admin: outcome,
  }
}

export function adminsOnly(outcome: Outcome): Expectation {
  return { ...signedIn('403 admins_only'), admin: outcome }
}

/** A policy with an exception or two. */
export function but(policy: Expectation, exceptions: Partial<Expectation>): Expectation {
  return { ...policy, ...exceptions }
}
