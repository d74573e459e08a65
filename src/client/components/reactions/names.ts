/** "Ada, Grace and you", me last; of many the first ones and how many more. */
export function namesOf(user_ids: readonly string[], me: string, nameOf: (id: string) => string | null): string {
  const others = user_ids.filter(id => id !== me).map(id => nameOf(id) ?? 'somebody who left')
  const names = user_ids.includes(me) ? [...others, 'you'] : others
  if (names.length > MOST) {
    const named = names.slice(0, MOST - 1)
    return `${named.join(', ')} and ${names.length - named.length} others`
  }
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '')
}

const MOST = 12
