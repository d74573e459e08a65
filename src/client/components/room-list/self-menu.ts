import { CircleHelp, Monitor, Moon, Settings, ShieldCheck, Sun } from 'lucide'
import type { Application, Desk } from '../../application.ts'
import { callDialog } from '../../dom/call-dialog.ts'
import type { ThemeChoice } from '../../stores/theme.ts'
import { openMenu } from '../menu/open-menu.ts'

const THEMES: readonly { value: ThemeChoice; label: string; icon: typeof Sun }[] = [
  { value: 'dark', label: 'Dark', icon: Moon },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'system', label: 'Like the system', icon: Monitor },
]

/** What concerns me rather than a room, in a menu at `anchor`. */
export function openSelfMenu(anchor: HTMLElement, app: Application, desk: Desk) {
  const { theme, router, session } = app
  const is_admin = (session.me ?? desk.me).role === 'admin'
  openMenu(anchor, 'Settings and more', [
    {
      items: [
        { label: 'Settings', icon: Settings, act: () => router.go('/settings') },
        ...(is_admin ? [{ label: 'Administration', icon: ShieldCheck, act: () => router.go('/admin') }] : []),
        { label: 'Keyboard shortcuts', icon: CircleHelp, act: () => callDialog(anchor, 'help') },
      ],
    },
    {
      label: 'Theme',
      items: THEMES.map(({ value, label, icon }) => ({
        label,
        icon,
        chosen: theme.choice === value,
        act: () => theme.choose(value),
      })),
    },
  ])
}
