import { Command } from 'commander'
import { and, eq, or } from 'drizzle-orm'
import type { Person } from '../../shared/admin.ts'
import { Registration } from '../../shared/users.ts'
import type { Admission } from '../accounts/admission.ts'
import { createPasswords } from '../accounts/passwords.ts'
import { register } from '../accounts/register.ts'
import { createReset } from '../accounts/reset.ts'
import { createSessions } from '../accounts/sessions.ts'
import { createTokens } from '../accounts/tokens.ts'
import { changePerson, listPeople } from '../admin/people.ts'
import type { Database } from '../db/database.ts'
import { createLog } from '../events/log.ts'
import { openBus } from '../events/open.ts'
import { Problem } from '../http/problems.ts'
import { jwtSecret } from '../secrets.ts'
import { findPlace, type Place, withDatabase } from './place.ts'
import { Refusal } from './refusal.ts'
import { columns, moment, print } from './terminal.ts'

type Format = { json?: boolean }
type NewPerson = Format & { email: string; name: string; admin?: boolean; passwordStdin?: boolean }

const WHO = 'their email address, @handle or id'

/** Looks after people where nobody can sign in to do it. What the server tells its clients of it, it reads within two seconds. */
export function userCommands(): Command {
  return new Command('user')
    .description('Look after people: also the way back in for an admin who lost the password')
    .addCommand(
      new Command('list')
        .description('List everybody with an account')
        .option('--json', 'print them as JSON')
        .action(list),
    )
    .addCommand(
      new Command('create')
        .description('Make an account, and print the link with which its owner sets the password')
        .requiredOption('--email <address>', 'with which they sign in')
        .requiredOption('--name <name>', 'as others see them')
        .option('--admin', 'make them an admin')
        .option('--password-stdin', 'read the password from standard input instead of printing a link')
        .option('--json', 'print what was made as JSON')
        .action(create),
    )
    .addCommand(
      new Command('disable')
        .description('Keep somebody out: they are signed out everywhere at once, what they wrote stays')
        .argument('<who>', WHO)
        .action((who: string) => change(who, { disabled: true })),
    )
    .addCommand(
      new Command('enable')
        .description('Let somebody in again')
        .argument('<who>', WHO)
        .action((who: string) => change(who, { disabled: false })),
    )
    .addCommand(
      new Command('reset-password')
        .description('Print a link with which somebody sets a new password, once, within a day')
        .argument('<who>', WHO)
        .option('--json', 'print it as JSON')
        .action(resetPassword),
    )
}

async function list(format: Format) {
  await withDatabase(findPlace(), async db => {
    const people = await listPeople(db)
    const rows = people.map(each => [
      `@${each.handle}`,
      each.display_name,
      each.email ?? '',
      each.disabled_at ? `${each.role}, disabled` : each.role,
      each.last_seen_at ? moment(each.last_seen_at) : 'never',
    ])
    const text = columns([['HANDLE', 'NAME', 'EMAIL', 'ROLE', 'LAST SEEN'], ...rows])
    print({ json: people, text: people.length > 0 ? text : 'Nobody has an account yet.' }, format)
  })
}

async function create({ email, name, admin = false, passwordStdin = false, json }: NewPerson) {
  const given = passwordStdin ? (await Bun.stdin.text()).replace(/\r?\n$/, '') : null
  const parsed = Registration.safeParse({ email, display_name: name, password: given ?? unguessable() })
  if (!parsed.success) throw new Refusal(parsed.error.issues.map(issue => `${issue.message}.`).join('\n'))
  const place = findPlace()
  await withDatabase(place, async db => {
    const user = await refusing(() => register(db, logOf(db), createPasswords(), openDoor(db), parsed.data))
    if (admin && user.user.role !== 'admin') await changeRole(place, db, user.user.id)
    const person = await find(db, user.user.id)
    const link = given === null ? await linkFor(place, db, person) : null
    const words = `Made ${personIn(person)}.`
    print({ json: { person, ...link }, text: link ? `${words}\n${linkIn(link)}` : words }, { json })
  })
}

async function change(who: string, wanted: { disabled: boolean }) {
  const place = findPlace()
  await withDatabase(place, async db => {
    const { id } = await find(db, who)
    const person = await refusing(() => changePerson(db, logOf(db), sessionsOf(place, db), id, wanted))
    console.log(`${personIn(person)} is ${wanted.disabled ? 'disabled and signed out' : 'enabled'}.`)
  })
}

async function changeRole(place: Place, db: Database, user_id: string) {
  await changePerson(db, logOf(db), sessionsOf(place, db), user_id, { role: 'admin' })
}

async function resetPassword(who: string, format: Format) {
  const place = findPlace()
  await withDatabase(place, async db => {
    const person = await find(db, who)
    if (person.disabled_at)
      throw new Refusal(
        `${personIn(person)} is disabled. Enable them first: groupchat user enable ${person.email ?? person.id}`,
      )
    const link = await linkFor(place, db, person)
    print({ json: link, text: `${personIn(person)}\n${linkIn(link)}` }, format)
  })
}

async function linkFor({ env }: Place, db: Database, { id }: Person) {
  const { token, expires_at } = await refusing(() => createReset(db, { user_id: id, created_by: id }))
  return { url: `${env.PUBLIC_URL}/reset/${token}`, expires_at: new Date(expires_at).toISOString() }
}

function linkIn({ url, expires_at }: { url: string; expires_at: string }): string {
  return `Set the password here, once, until ${moment(expires_at)}:\n${url}`
}

async function find(db: Database, who: string): Promise<Person> {
  const { users } = db.tables
  const wanted = who.trim().toLowerCase()
  const isThem = or(eq(users.email, wanted), eq(users.handle, wanted.replace(/^@/, '')), eq(users.id, wanted))
  const rows = await db.read
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.kind, 'human'), isThem))
  const [row, another] = rows
  if (another) throw new Refusal(`Several people answer to ${who}. Give the id: groupchat user list --json shows it.`)
  const [person] = row ? await listPeople(db, row.id) : []
  if (!person)
    throw new Refusal(`Nobody has the email address, handle or id ${who}. groupchat user list shows everybody.`)
  return person
}

function personIn({ display_name, handle, email, role }: Person): string {
  return `${display_name} (@${handle}${email ? `, ${email}` : ''}, ${role})`
}

/** Whoever runs the server lets in whom they like, without an invite. */
function openDoor({ tables }: Database) {
  const nobody: Admission = {
    check: () => Promise.reject(new Error('There is no invite')),
    accept: () => Promise.reject(new Error('There is no invite')),
  }
  return { tables, admission: nobody, open: true }
}

/** The server that may be running reads the log by itself; this process has nobody to tell. */
function logOf(db: Database) {
  return createLog(db, openBus())
}

function sessionsOf({ env, dataDir }: Place, db: Database) {
  return createSessions(db, openBus(), createTokens(jwtSecret(env.JWT_SECRET, dataDir)))
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof Problem ? new Refusal(error.detail) : error
  }
}

function unguessable(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(48))).toString('base64url')
}
