import type { Found } from './open.ts'

export type Letter = { subject: string; text: string; html: string }

/** The words of the mail, in which the one address is the link. */
export function letterOf({ invite, room, inviter }: Found, url: string): Letter {
  const [who, where] = [harmless(inviter.display_name), harmless(room.name)]
  const until = new Date(invite.expires_at).toUTCString()
  const uses = invite.max_uses === 1 ? 'It works once' : `It works ${invite.max_uses} times`
  const about = `${uses}, until ${until}. If you did not expect this mail, ignore it: nothing happens until you follow the link.`
  return {
    subject: `${who} invites you to ${where}`,
    text: `${who} invites you to the room “${where}”.\n\nJoin here:\n${url}\n\n${about}\n`,
    html: [
      '<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body>',
      `<p><b>${escaped(who)}</b> invites you to the room <b>${escaped(where)}</b>.</p>`,
      `<p><a href="${escaped(url)}">Join the room</a></p>`,
      `<p>Or copy this address: ${escaped(url)}</p>`,
      `<p>${escaped(about)}</p>`,
      '</body></html>',
    ].join('\n'),
  }
}

/**
 * Names are written by people: on one line, without what turns the reading direction, and with a word joiner where a mail
 * program would make a link of `evil.example` or `https://…`.
 */
function harmless(name: string): string {
  return name
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/[.:@/](?=\S)/g, '$&\u2060')
    .trim()
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, sign => entities[sign] ?? sign)
}
