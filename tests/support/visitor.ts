import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import { findBrowser } from '../browser.ts'

/** Root in a container has no user namespaces; the rest keeps Chromium from calling home. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const PATIENCE_MS = 10_000

export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.BROWSER_PATH ?? findBrowser()?.path
  return chromium.launch({ executablePath, args: ARGUMENTS })
}

const PASSWORD = 'correct horse battery'

/** What everybody who visits signs up with. */
export const accountOf = (name: string) => ({
  email: `${name.toLowerCase()}@example.org`,
  password: PASSWORD,
  display_name: name,
})

/** Somebody in front of a browser of their own: no token, only what is on the page. */
export class Visitor {
  /** What the page complained about; a test ends by looking that it is nothing. */
  readonly complaints: string[] = []
  /** Every request that went to another server than ours. */
  readonly foreign: string[] = []

  private constructor(
    readonly page: Page,
    readonly name: string,
    private readonly url: string,
  ) {
    page.setDefaultTimeout(PATIENCE_MS)
    page.on('pageerror', error => this.complaints.push(error.message))
    page.on('console', message => {
      if (/Content Security Policy|Refused to/.test(message.text())) this.complaints.push(message.text())
    })
    page.on('request', request => {
      if (!request.url().startsWith(url) && /^https?:/.test(request.url())) this.foreign.push(request.url())
    })
  }

  static async arrive(browser: Browser, url: string, name: string, options: BrowserContextOptions = {}) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
    return new Visitor(await context.newPage(), name, url)
  }

  async leave() {
    await this.page.context().close()
  }

  async opens(path: string) {
    await this.page.goto(this.url + path)
  }

  /** Where they are signed in already, as a person who has an account. */
  async isSignedIn({ token }: { token: string }) {
    await this.page.context().addCookies([{ name: 'session', value: token, url: this.url, httpOnly: true }])
  }

  /** Straight to a room of theirs, by its address. */
  async enters({ id, name }: { id: string; name: string }) {
    await this.opens(`/rooms/${id}`)
    await this.page.getByRole('heading', { name, exact: true }).first().waitFor()
  }

  async signsUp(email = accountOf(this.name).email) {
    await this.opens('/sign-up')
    await this.signsUpHere(email)
    await this.page.waitForURL(url => !url.pathname.startsWith('/sign-'))
  }

  /** On the page that they were led to; where it leads is for the test to look. */
  async signsUpHere(email = accountOf(this.name).email) {
    await this.page.getByLabel('Name', { exact: true }).fill(this.name)
    await this.page.getByLabel('Email').fill(email)
    await this.page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await this.presses('Create account', 'Sign up')
  }

  async signsIn(email = accountOf(this.name).email, password = PASSWORD) {
    await this.page.getByLabel('Email').fill(email)
    await this.page.getByLabel('Password', { exact: true }).fill(password)
    await this.presses('Sign in')
  }

  /** The first button that has one of these names. */
  async presses(...names: string[]) {
    const name = new RegExp(`^(${names.join('|')})$`)
    await this.page.getByRole('button', { name }).first().click()
  }

  /** From the menu that a button opens. */
  async chooses(button: string | RegExp, item: string) {
    await this.page.getByRole('button', { name: button }).click()
    await this.page.getByRole('menu').getByText(item, { exact: true }).click()
  }

  async createsRoom(name: string, model: string, visibility: 'Public' | 'Private' = 'Public') {
    await this.presses('New room', 'Make your first room')
    const dialog = this.page.getByRole('dialog')
    await dialog.getByLabel('Room name').fill(name)
    await dialog.getByLabel('Model').fill(model)
    await dialog
      .getByRole('option', { name: new RegExp(model) })
      .first()
      .click()
    await dialog.getByRole('radio', { name: visibility }).check()
    await dialog.getByRole('button', { name: 'Create room' }).click()
    await this.page.getByRole('heading', { name, exact: true }).first().waitFor()
  }

  async joinsRoom(name: string) {
    await this.presses('Browse rooms')
    await this.page.getByRole('button', { name: `Join ${name}` }).click()
    await this.page.getByRole('heading', { name, exact: true }).first().waitFor()
  }

  get composer(): Locator {
    return this.page.getByLabel('Message', { exact: true })
  }

  async says(text: string) {
    await this.composer.fill(text)
    await this.composer.press('Enter')
  }

  get log(): Locator {
    return this.page.getByRole('log')
  }

  /** The rows that show this text. */
  rows(text: string): Locator {
    return this.log.locator('article').filter({ hasText: text })
  }

  /** Waits until exactly one row shows this text. */
  async sees(text: string): Promise<Locator> {
    const rows = this.rows(text)
    await rows.first().waitFor()
    const count = await rows.count()
    if (count !== 1) throw new Error(`${this.name} sees ${count} rows of “${text}”`)
    return rows.first()
  }

  /** Waits until the server knows that everything in this room has been read. */
  async hasRead({ id }: { id: string }) {
    for (;;) {
      const { rooms } = await this.page.evaluate(async () => (await fetch('/api/rooms')).json())
      if (rooms.find((room: { id: string }) => room.id === id)?.unread_count === 0) return
      await Bun.sleep(50)
    }
  }

  /** Waits until the page has drawn what it knows now. */
  async drawn() {
    await this.page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))
  }

  /** Waits until `look` holds in the page. */
  async until<T>(look: (argument: T) => unknown, argument: T) {
    await this.page.waitForFunction(look as never, argument as never)
  }
}
