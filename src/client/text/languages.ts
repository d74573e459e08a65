import type { LanguageFn } from 'highlight.js'

export interface Language {
  name: string
  load: () => Promise<{ default: LanguageFn }>
}

/** Each language is a file of its own, fetched when a message first needs it. */
const LOADERS: Record<string, Language['load']> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  diff: () => import('highlight.js/lib/languages/diff'),
  dockerfile: () => import('highlight.js/lib/languages/dockerfile'),
  elixir: () => import('highlight.js/lib/languages/elixir'),
  go: () => import('highlight.js/lib/languages/go'),
  graphql: () => import('highlight.js/lib/languages/graphql'),
  haskell: () => import('highlight.js/lib/languages/haskell'),
  http: () => import('highlight.js/lib/languages/http'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  kotlin: () => import('highlight.js/lib/languages/kotlin'),
  lua: () => import('highlight.js/lib/languages/lua'),
  makefile: () => import('highlight.js/lib/languages/makefile'),
  markdown: () => import('highlight.js/lib/languages/markdown'),
  nginx: () => import('highlight.js/lib/languages/nginx'),
  php: () => import('highlight.js/lib/languages/php'),
  powershell: () => import('highlight.js/lib/languages/powershell'),
  python: () => import('highlight.js/lib/languages/python'),
  r: () => import('highlight.js/lib/languages/r'),
  ruby: () => import('highlight.js/lib/languages/ruby'),
  rust: () => import('highlight.js/lib/languages/rust'),
  scss: () => import('highlight.js/lib/languages/scss'),
  sql: () => import('highlight.js/lib/languages/sql'),
  swift: () => import('highlight.js/lib/languages/swift'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
}

const ALIASES: Record<string, string> = {
  ...spellings('bash', 'sh shell zsh console shell-session'),
  ...spellings('c', 'h'),
  ...spellings('cpp', 'c++ cc cxx hpp'),
  ...spellings('csharp', 'cs c#'),
  ...spellings('diff', 'patch'),
  ...spellings('dockerfile', 'docker containerfile'),
  ...spellings('elixir', 'ex exs'),
  ...spellings('go', 'golang'),
  ...spellings('graphql', 'gql'),
  ...spellings('haskell', 'hs'),
  ...spellings('ini', 'toml conf properties env'),
  ...spellings('javascript', 'js jsx mjs cjs'),
  ...spellings('json', 'json5 jsonc'),
  ...spellings('kotlin', 'kt kts'),
  ...spellings('makefile', 'make mk'),
  ...spellings('markdown', 'md'),
  ...spellings('powershell', 'ps1 pwsh'),
  ...spellings('python', 'py python3'),
  ...spellings('ruby', 'rb'),
  ...spellings('rust', 'rs'),
  ...spellings('sql', 'postgresql postgres mysql sqlite'),
  ...spellings('typescript', 'ts tsx mts cts'),
  ...spellings('xml', 'html svg xhtml vue riot svelte'),
  ...spellings('yaml', 'yml'),
}

/** The language a code fence names, whatever the spelling. */
export function languageNamed(name: string): Language | undefined {
  const lower = name.toLowerCase()
  const own = Object.hasOwn(ALIASES, lower) ? (ALIASES[lower] ?? lower) : lower
  const load = Object.hasOwn(LOADERS, own) ? LOADERS[own] : undefined
  return load && { name: own, load }
}

function spellings(name: string, others: string): Record<string, string> {
  return Object.fromEntries(others.split(' ').map(other => [other, name]))
}
