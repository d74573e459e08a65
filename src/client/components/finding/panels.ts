import { introduce } from '../late.ts'

const PANELS = {
  search: { load: () => import('../search/search-panel.riot'), title: 'Search' },
  inbox: { load: () => import('../inbox/inbox-panel.riot'), title: 'Inbox' },
}

/** What stands in the place of the room comes when somebody goes there. Tells the tag that it goes by, null for anything else. */
export async function loadPanel(kind: string): Promise<string | null> {
  if (kind !== 'search' && kind !== 'inbox') return null
  const { default: panel } = await PANELS[kind].load()
  introduce(panel)
  return panel.name ?? null
}

export function panelTitle(kind: string): string | null {
  return kind === 'search' || kind === 'inbox' ? PANELS[kind].title : null
}
