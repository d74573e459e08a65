import type { MarkdownIt } from 'markdown-it'
import type { Person } from './markdown-html.ts'

/** The same rule as `mentionedHandles`, at one place of the text. */
const HANDLE = /@([\p{L}\p{N}](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?)/uy
const WITHIN_A_WORD = /[\p{L}\p{N}_@/.]$/u

/** `@handle` as a chip where it names somebody of the room; anything else stays text. */
export function mentions(md: MarkdownIt) {
  const { escapeHtml } = md.utils

  md.inline.ruler.push('mention', (state, silent) => {
    if (state.src[state.pos] !== '@' || WITHIN_A_WORD.test(state.src.slice(Math.max(0, state.pos - 2), state.pos))) {
      return false
    }
    HANDLE.lastIndex = state.pos
    const written = HANDLE.exec(state.src)
    const people = state.env.people instanceof Map ? state.env.people : undefined
    const person: Person | undefined = people?.get(written?.[1]?.toLowerCase())
    if (!written || !person || state.pos + written[0].length > state.posMax) return false
    if (!silent) {
      const token = state.push('mention', 'span', 0)
      token.content = written[0]
      token.attrs = [
        ['class', mentionClass(person, state.env.me)],
        ['title', person.display_name],
      ]
    }
    state.pos += written[0].length
    return true
  })

  md.renderer.rules.mention = (tokens, index, _options, _env, renderer) => {
    const token = tokens[index]
    return token ? `<span${renderer.renderAttrs(token)}>${escapeHtml(token.content)}</span>` : ''
  }
}

function mentionClass(person: Person, me: unknown): string {
  return `mention${person.kind === 'agent' ? ' agent' : ''}${person.id === me ? ' me' : ''}`
}
