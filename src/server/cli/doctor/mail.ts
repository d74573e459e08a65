import { openTransport } from '../../invites/mail.ts'
import type { Place } from '../place.ts'
import { type Finding, good, note, wrong } from './finding.ts'

/** Says hello and signs in; sends nothing. */
export async function lookAtMail({ env }: Place): Promise<Finding[]> {
  const transport = openTransport(env)
  if (!transport) return [note('Mail', 'Off: invites are links to copy.', 'Set SMTP_URL and MAIL_FROM to mail them.')]
  try {
    await transport.verify()
    return [good('Mail', 'The mail server takes this server’s login.')]
  } catch (error) {
    const { code } = error as { code?: string }
    return [wrong('Mail', wordsOf(code), 'Check SMTP_URL: host, port, smtp:// or smtps://, user and password.')]
  } finally {
    transport.close()
  }
}

function wordsOf(code: string | undefined): string {
  if (code === 'EAUTH') return 'The mail server refuses this server’s login.'
  if (code === 'ETLS') return 'There is no safe connection to the mail server.'
  return `The mail server cannot be reached${code ? ` (${code})` : ''}.`
}
