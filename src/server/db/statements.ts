import type { Database as Connection, Statement } from 'bun:sqlite'

/** Different queries that are remembered; lists of ids of every length make many. */
const REMEMBERED = 256

/**
 * The connection as drizzle uses it, except that a query of the same words is compiled once: drizzle itself compiles
 * each query each time. All of them run to their end at once, so nobody meets a statement in the middle of another's rows.
 */
export function compileOnce(connection: Connection): Connection {
  const statements = new Map<string, Statement>()
  const compile = connection.prepare.bind(connection)

  function prepare(words: string): Statement {
    const known = statements.get(words)
    if (known) return known
    const [oldest] = statements.size < REMEMBERED ? [] : statements.keys()
    if (oldest !== undefined) statements.delete(oldest)
    const statement = compile(words)
    statements.set(words, statement)
    return statement
  }

  return new Proxy(connection, {
    get(target, name) {
      if (name === 'prepare') return prepare
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
