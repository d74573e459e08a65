import { CircleHelp, Compass, Inbox, LogOut, Monitor, Moon, Plus, Search, Settings, ShieldCheck, Sun } from 'lucide'
import type { Application, Desk } from '../../application.ts'
import { signOut } from '../../pages/sign-out.ts'
import type { DialogName } from '../rooms/dialogs.ts'
import type { SwitcherAct } from './results.ts'

type Surroundings = { app: Application; desk: Desk; open: (name: DialogName, subject?: unknown) => void }

/** What can be done from everywhere. */
export function pageActs({ app, desk, open }: Surroundings): SwitcherAct[] {
  const go = (path: string) => () => app.router.go(path)
  const show = (name: DialogName) => () => open(name)
  return [
    { name: 'New room', also: 'create', icon: Plus, act: show('create') },
    { name: 'Browse rooms', also: 'join public directory', icon: Compass, act: show('browse') },
    { name: 'Inbox', also: 'mentions replies', icon: Inbox, act: go('/inbox') },
    { name: 'Search', also: 'find messages', icon: Search, act: go('/search') },
    { name: 'Settings', also: 'profile password account', icon: Settings, act: go('/settings') },
    ...(desk.me.role === 'admin' ? [{ name: 'Administration', icon: ShieldCheck, act: go('/admin') }] : []),
    { name: 'Dark theme', icon: Moon, act: () => app.theme.choose('dark') },
    { name: 'Light theme', icon: Sun, act: () => app.theme.choose('light') },
    { name: 'Theme of the system', icon: Monitor, act: () => app.theme.choose('system') },
    { name: 'Keyboard shortcuts', also: 'help keys', icon: CircleHelp, act: show('help') },
    { name: 'Sign out', also: 'log out leave', icon: LogOut, act: () => void leave(app, desk, open) },
  ]
}

async function leave(app: Application, desk: Desk, open: Surroundings['open']) {
  try {
    await signOut(app, desk, open)
  } catch (error) {
    void desk.tell({ text: `You are still signed in. ${error instanceof Error ? error.message : error}`, bad: true })
  }
}
