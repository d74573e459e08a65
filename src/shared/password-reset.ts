import { z } from 'zod'
import { Registration } from './users.ts'

/** A new password by a one-time link. */
export const PasswordReset = z.object({
  token: z.string('The link must be text').max(200, 'This is not a link of this server'),
  password: Registration.shape.password,
})
export type PasswordReset = z.infer<typeof PasswordReset>
