/** The first that fits: most call themselves by the names of the others too. */
const PROGRAMS: readonly [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/Chrom(?:e|ium)\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/\bcurl\//, 'curl'],
]
const SYSTEMS: readonly [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/CrOS/, 'ChromeOS'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux|X11/, 'Linux'],
]

/** What a session was opened with, in the words of whoever opened it. */
export function browserWords(user_agent: string | null): string {
  if (!user_agent) return 'Unknown program'
  const named = (names: typeof PROGRAMS) => names.find(([pattern]) => pattern.test(user_agent))?.[1]
  const program = named(PROGRAMS) ?? user_agent.split(/[/\s]/)[0] ?? user_agent
  const system = named(SYSTEMS)
  return system ? `${program} on ${system}` : program
}

export const isHandheld = (user_agent: string | null) => /iPhone|iPad|Android/.test(user_agent ?? '')
