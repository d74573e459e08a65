import { SMTPServer } from 'smtp-server'

export type Mail = { from: string; to: string[]; raw: string; header: string; body: string }

/** A real SMTP server on this machine. `refuse` answers that code to a mail; */
export async function startMailbox({ refuse }: { refuse?: number } = {}) {
  const mails: Mail[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (refuse) return done(Object.assign(new Error('refused: private detail'), { responseCode: refuse }))
        const raw = Buffer.concat(chunks).toString()
        const cut = raw.indexOf('\r\n\r\n')
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(each => each.address),
          raw,
          header: unfolded(raw.slice(0, cut)),
          body: decoded(raw.slice(cut)),
        })
        done()
      })
    },
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    stop: () => new Promise<void>(resolve => server.close(() => resolve())),
  }
}

/** The header as a person reads it: unfolded, with encoded words decoded. */
function unfolded(header: string): string {
  return header
    .replace(/\r\n[ \t]+/g, ' ')
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      how.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString() : decoded(text.replaceAll('_', ' ')),
    )
}

/** Quoted-printable; parts in base64 stay as they are. */
function decoded(body: string): string {
  const bytes = body
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}
