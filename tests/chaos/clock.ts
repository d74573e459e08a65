/**
 * Loaded before the server by the chaos tests: shifts its clock by as many milliseconds as a file says, at once when a signal
 * asks for it, as an administrator or a virtual machine that wakes up does.
 */
import { readFileSync } from 'node:fs'

const Real = globalThis.Date
let shift = 0
class ShiftedDate extends Real {
  constructor(...args: []) {
    if (args.length === 0) super(Real.now() + shift)
    else super(...args)
  }
  static override now() {
    return Real.now() + shift
  }
}
globalThis.Date = ShiftedDate as DateConstructor

process.on('SIGUSR2', () => {
  shift = Number(readFileSync(process.env.CHAOS_CLOCK ?? '', 'utf8'))
})
try {
  shift = Number(readFileSync(process.env.CHAOS_CLOCK ?? '', 'utf8'))
} catch {
  // Nobody has moved it yet.
}
