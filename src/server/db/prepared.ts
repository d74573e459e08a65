import type { Query, Tables } from './database.ts'

/**
 * A statement that is built once for each connection and then only given its values (`sql.placeholder`). Building one
 * takes drizzle several times as long as running it, so what every request asks is written this way.
 */
export function prepared<S>(build: (query: Query, tables: Tables) => S): (query: Query, tables: Tables) => S {
  const built = new WeakMap<Query, S>()
  return (query, tables) => {
    const known = built.get(query)
    if (known) return known
    const statement = build(query, tables)
    built.set(query, statement)
    return statement
  }
}
