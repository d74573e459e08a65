import { Database as Connection } from 'bun:sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quoted } from '../../src/server/db/tables.ts'
import { linesOf } from '../../src/server/record/read.ts'
import { recordedTables } from '../../src/server/record/shape.ts'
import { logFiles } from '../../src/server/record/verify.ts'

export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), 'groupchat-record-'))
  return {
    path,
    file: (name: string) => join(path, name),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** Each recorded table with its columns and rows, spelled out to the last bit, in the order of the rows' own words. */
export function contentsOf(path: string): Record<string, string[]> {
  const connection = new Connection(path, { readonly: true })
  try {
    return Object.fromEntries(
      recordedTables(connection).map(({ name, columns }) => {
        const spelled = columns
          .map(column => quoted(column.name))
          .map(
            column =>
              `typeof(${column}) || ' ' || CASE typeof(${column}) WHEN 'real' THEN printf('%!.17g', ${column}) ELSE hex(${column}) END`,
          )
        const rows = connection
          .query<{ row: string }, []>(`SELECT ${spelled.join(` || ' | ' || `)} AS row FROM ${quoted(name)} ORDER BY 1`)
          .all()
        return [name, [columns.map(column => column.name).join(' | '), ...rows.map(({ row }) => row)]]
      }),
    )
  } finally {
    connection.close()
  }
}

/** What the sqlite3 program makes of the whole log, every part and generation one after the other. */
export async function replayBySqlite3(folder: string, target: string) {
  const program = Bun.spawn(['sqlite3', '-bail', target], { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' })
  for (const file of logFiles(folder))
    for await (const { text, whole } of linesOf(file)) if (whole) program.stdin.write(`${text}\n`)
  program.stdin.end()
  const said = await new Response(program.stderr).text()
  if ((await program.exited) !== 0 || said) throw new Error(`sqlite3 says: ${said}`)
}
