import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** Folder → what it may import of ours. `messages` and the like mean one feature using another by its verb. */
const MAY_IMPORT: Record<string, string[]> = {
  shared: [],
  'server/db': ['shared', 'server/record'],
  'server/record': ['shared', 'server/db/tables.ts'],
  'server/events': ['shared', 'server/db'],
  'server/http': ['shared', 'server/db/disk.ts', 'server/accounts', 'server/app.ts'],
  'server/accounts': [
    'shared',
    'server/db',
    'server/events',
    'server/http',
    'server/uploads',
    'server/gate.ts',
    'server/app.ts',
  ],
  'server/rooms': ['shared', 'server/db', 'server/events', 'server/http', 'server/accounts', 'server/app.ts'],
  'server/messages': [
    'shared',
    'server/db',
    'server/events',
    'server/http',
    'server/accounts',
    'server/rooms',
    'server/app.ts',
  ],
  'server/invites': [
    'shared',
    'server/db',
    'server/events',
    'server/http',
    'server/accounts',
    'server/rooms',
    'server/app.ts',
  ],
  'server/inbox': ['shared', 'server/db', 'server/http', 'server/messages', 'server/rooms', 'server/app.ts'],
  'server/search': [
    'shared',
    'server/db',
    'server/events',
    'server/http',
    'server/messages',
    'server/rooms',
    'server/app.ts',
  ],
  'server/presence': ['shared', 'server/db', 'server/events', 'server/http', 'server/app.ts'],
  'server/stream': [
    'shared',
    'server/db',
    'server/events',
    'server/http',
    'server/rooms',
    'server/accounts',
    'server/app.ts',
  ],
  'server/agents': [
    'shared',
    'server/db',
    'server/events',
    'server/messages',
    'server/accounts',
    'server/rooms',
    'server/uploads',
  ],
  'server/uploads': [
    'shared',
    'server/db',
    'server/http',
    'server/accounts',
    'server/rooms',
    'server/messages',
    'server/gate.ts',
    'server/app.ts',
  ],
  'server/backups': ['shared', 'server/db', 'server/http', 'server/lock.ts', 'server/version.ts'],
  'server/admin': [
    'shared',
    'server/version.ts',
    'server/db',
    'server/events',
    'server/http',
    'server/accounts',
    'server/rooms',
    'server/app.ts',
  ],
  client: ['shared'],
}
/** Types and presenters cross these walls, code does not. */
const TYPES_ONLY = [
  /^server\/agents -> server\/http\/logger\.ts$/,
  /-> server\/app\.ts$/,
  /^server\/agents -> server\/rooms/,
]

const files = [...new Bun.Glob('src/**/*.{ts,riot}').scanSync('.')].map(file => file.slice('src/'.length))
const imports = files.flatMap(file =>
  [
    ...readFileSync(join('src', file), 'utf8').matchAll(
      /^(?:import|export)\s+(type\s)?[^'"]*?from\s+['"](\.[^'"]+)['"]/gm,
    ),
  ].map(([, type, path = '']) => ({ file, to: normalize(join(dirname(file), path)), typeOnly: Boolean(type) })),
)
const folderOf = (file: string) => Object.keys(MAY_IMPORT).find(folder => file.startsWith(`${folder}/`))

test('nobody imports what lies above', () => {
  expect(imports.length).toBeGreaterThan(100)
  const crossings = imports.flatMap(({ file, to, typeOnly }) => {
    const from = folderOf(file)
    if (!from || to.startsWith(`${from}/`)) return []
    if (MAY_IMPORT[from]?.some(allowed => to === allowed || to.startsWith(`${allowed}/`))) {
      const needsType = TYPES_ONLY.some(rule => rule.test(`${from} -> ${to}`))
      return needsType && !typeOnly ? [`${file} imports ${to}, but may import its types only`] : []
    }
    const excused = typeOnly && TYPES_ONLY.some(rule => rule.test(`${from} -> ${to}`))
    return excused ? [] : [`${file} imports ${to}`]
  })
  expect(crossings).toEqual([])
})

test('only open.ts names a concrete adapter, and nobody imports the process', () => {
  const adapters = /^server\/(db\/(sqlite|postgres)|events\/(memory|redis))\.ts$/
  expect(imports.filter(({ file, to }) => adapters.test(to) && !file.endsWith('/open.ts'))).toEqual([])
  expect(imports.filter(({ to }) => to === 'server/index.ts')).toEqual([])
})

test('agents are known to the process alone', () => {
  const known = imports.filter(({ file, to }) => to.startsWith('server/agents/') && !file.startsWith('server/agents/'))
  const process = ['server/server.ts', 'server/settings.ts']
  // It asks whether the provider and the search answer.
  const doctor = 'server/cli/doctor/outside.ts'
  expect([...new Set(known.map(({ file }) => file))].sort()).toEqual([doctor, ...process])
})

test('one file reads the environment', () => {
  const readers = files.filter(file => /process\.env\b/.test(readFileSync(join('src', file), 'utf8')))
  expect(readers.filter(file => !['server/env.ts', 'server/start.ts'].includes(file))).toEqual([])
})
