export type GuideMessage = { role: string; text: string }

/** Characters of the question that are repeated. */
const QUOTE_MAX = 120
const NAME_MAX = 60

/** What the offline model answers: that it is none, how to connect a real one, and what Markdown looks like here. */
export function guideAnswer(messages: GuideMessage[]): string {
  const asked = messages.findLast(message => message.role === 'user')?.text.trim() ?? ''
  const { name, question } = speaker(asked)
  const first = leading(question)
  const parts = [first, ...(['help', 'table', 'code'] as const).filter(part => part !== first)]
  return [opening(name, question), ...parts.map(part => PARTS[part]), CLOSING].join('\n\n')
}

/** `[#12 @ada] Ada: text` is how a room tells its model who is speaking; the last one is who asked. */
function speaker(asked: string): { name: string | null; question: string } {
  const match = [...asked.matchAll(/^(?:\[#\d+ @\S+\] )?([^:\n]{1,80}): /gmu)].findLast(
    ({ index, 0: mark }) => index === 0 || mark.startsWith('[#'),
  )
  const name = match?.[1]?.trim()
  if (!match || !name) return { name: null, question: asked }
  return { name: plain(name, NAME_MAX), question: asked.slice(match.index + match[0].length) }
}

function opening(name: string | null, question: string): string {
  const greeting = name ? `Hello ${name}!` : 'Hello!'
  const heard = plain(question, QUOTE_MAX)
  const quote = heard ? `You wrote: “${heard}”. I cannot answer that: ` : ''
  return `${greeting} ${quote}**I am offline and not a language model**, only the guide that is built into this server.`
}

function leading(question: string): keyof typeof PARTS {
  const word = /\b(code|table|help)\b/i.exec(question)?.[1]?.toLowerCase()
  return word === 'code' || word === 'table' ? word : 'help'
}

/** Somebody else's words on one line, as words: what could be markup, a link or a mention is taken out. */
function plain(words: string, max: number): string {
  const line = words
    .replace(/\b[a-z][a-z0-9+.-]*:\/\//gi, '')
    .replace(/[`*_~<>[\]()|\\#@&]/g, '')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  const characters = [...line]
  return characters.length > max ? `${characters.slice(0, max).join('').trimEnd()}…` : line
}

const PARTS = {
  help: `To connect a real model, an administrator sets one of these and starts the server again:

- \`OPENROUTER_API_KEY\`: a key from openrouter.ai opens hundreds of models.
- Ollama on \`127.0.0.1:11434\` with at least one model: it is found by itself, without a key.
- \`OPENROUTER_BASE_URL\`: any other OpenAI-compatible server, such as llama.cpp, vLLM or LM Studio.`,

  table: `What each of them asks of you:

| Server | Key | Where it runs |
|---|---|---|
| OpenRouter | yes | in the cloud |
| Ollama | no | on this machine |
| llama.cpp, vLLM, LM Studio | if you set one | wherever you like |`,

  code: `In a shell it looks like this:

\`\`\`sh
# a model on this machine …
ollama pull qwen3:8b

# … or a key for many models
export OPENROUTER_API_KEY=sk-or-…
bun run start
\`\`\``,
}

const CLOSING = `Everything else in this room works already.`
