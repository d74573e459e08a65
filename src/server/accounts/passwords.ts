import { createGate } from '../gate.ts'

/** Each hash takes 64 MiB and a core for a tenth of a second; four at once leave room for everybody else. */
const AT_ONCE = 4

export type Passwords = ReturnType<typeof createPasswords>

/** argon2id with Bun's defaults (64 MiB, two passes), a few at a time. */
export function createPasswords() {
  const gate = createGate(AT_ONCE)
  // Made on first use: an unknown account has to cost what a wrong password costs.
  let decoy: Promise<string> | null = null

  return {
    hash: (password: string) => gate(() => Bun.password.hash(password)),

    /** False for an account without a password too, after the same work. */
    async verify(password: string, hash: string | null): Promise<boolean> {
      decoy ??= Bun.password.hash(crypto.randomUUID())
      const against = hash ?? (await decoy)
      const matches = await gate(() => Bun.password.verify(password, against))
      return hash !== null && matches
    },
  }
}
