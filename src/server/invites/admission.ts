import type { Admission } from '../accounts/admission.ts'
import type { Tables } from '../db/database.ts'
import { acceptInvite } from './accept.ts'
import { requireOpen } from './lists.ts'

/** Lets the accounts take in whoever comes with an invite. */
export function createAdmission(tables: Tables): Admission {
  return {
    async check(query, token) {
      await requireOpen(query, tables, token)
    },
    accept: (tx, emit, user, token) => acceptInvite(tx, tables, emit, user, token),
  }
}
