import { createTransport } from 'nodemailer'
import type { MailResult } from '../../shared/invites.ts'
import type { Deps } from '../app.ts'
import type { Logger } from '../http/logger.ts'
import type { Letter } from './letter.ts'

/** Whoever made the invite waits for this; the link is there anyway. */
const PATIENCE_MS = 15_000

export type Mailer = (to: string, letter: Letter) => Promise<MailResult>

/** The configured SMTP server; null where there is none. */
export function openTransport({ SMTP_URL, MAIL_FROM }: Pick<Deps['env'], 'SMTP_URL' | 'MAIL_FROM'>) {
  if (!SMTP_URL) return null
  return createTransport(
    {
      url: SMTP_URL,
      connectionTimeout: PATIENCE_MS,
      greetingTimeout: PATIENCE_MS,
      socketTimeout: PATIENCE_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from: MAIL_FROM, headers: { 'Auto-Submitted': 'auto-generated' } },
  )
}

/** Sends by the configured SMTP server. Never throws: what went wrong is told in words, and logged without the address. */
export function createMailer(env: Deps['env'], logger: Logger): Mailer {
  const transport = openTransport(env)
  if (!transport) return async () => failed('This server is not set up to send mail. Pass the link on yourself.')
  return async (to, letter) => {
    try {
      await transport.sendMail({ to: { name: '', address: to }, ...letter, signal: AbortSignal.timeout(PATIENCE_MS) })
      return { sent: true, reason: null }
    } catch (error) {
      const { code, responseCode } = error as { code?: string; responseCode?: number }
      logger.warn('an invite was not mailed', { code, responseCode })
      return failed(wordsOf(code))
    }
  }
}

function failed(reason: string): MailResult {
  return { sent: false, reason }
}

function wordsOf(code: string | undefined): string {
  switch (code) {
    case 'ESOCKET':
    case 'ECONNECTION':
    case 'EDNS':
      return 'The mail server cannot be reached. Pass the link on yourself.'
    case 'ETIMEDOUT':
    case 'EABORT':
      return 'The mail server did not answer in time. Pass the link on yourself.'
    case 'EAUTH':
      return 'The mail server refused this server’s login. Pass the link on yourself.'
    case 'ETLS':
      return 'There is no safe connection to the mail server. Pass the link on yourself.'
    case 'EENVELOPE':
      return 'The mail server does not take mail for this address. Pass the link on yourself.'
    default:
      return 'The mail server did not take the mail. Pass the link on yourself.'
  }
}
