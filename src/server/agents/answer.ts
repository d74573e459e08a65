import type { RunLimits } from './limits.ts'
import { parseJson } from './providers/json.ts'
import type { ChatMessage, Completion, Provider, ProviderFailure, Usage } from './providers/provider.ts'
import type { Reply } from './reply.ts'
import { chatWithRetries } from './retry.ts'
import type { Toolset } from './toolset.ts'

export type Question = { model: string; messages: ChatMessage[]; max_tokens: number }

/** What all rounds of an answer came to. */
export type Answer = Pick<Completion, 'finish_reason' | 'model' | 'provider' | 'error' | 'images'> & {
  usage: Usage | null
  /** Milliseconds from the start to the first piece of the answer's text. */
  first_token_ms: number | null
  /** Milliseconds during which the model was writing. */
  writing_ms: number
}

type Asking = {
  provider: Pick<Provider, 'chat' | 'name'>
  reply: Reply
  toolset: Toolset
  limits: RunLimits
  signal: AbortSignal
}

/**
 * Asks the model, in rounds: what it wants looked up is looked up and told to it, until it answers in text or a limit is
 * met. The text grows in `reply`. Rejects with `signal.reason` when aborted.
 */
export async function answer(
  question: Question,
  { provider, reply, toolset, limits, signal }: Asking,
): Promise<Answer> {
  const started = performance.now()
  const messages = [...question.messages]
  const sum: Answer = {
    finish_reason: null,
    model: null,
    provider: null,
    error: null,
    images: [],
    usage: null,
    first_token_ms: null,
    writing_ms: 0,
  }
  let tools = toolset.specs

  for (let round = 1; ; round++) {
    const last = round >= limits.rounds || toolset.spent || (sum.usage?.total_tokens ?? 0) >= limits.tokens
    const completion = await ask(messages, last)
    if (completion.error?.code === 'no_tools' && tools.length > 0) {
      // The list of models did not say so; the answer is the same without them.
      tools = []
      continue
    }
    add(completion)
    if (completion.error || completion.tool_calls.length === 0) return sum
    if (last) return { ...sum, error: sum.error ?? outOfRounds(reply.text) }
    messages.push(spokenWithCalls(completion), ...(await toolset.run(completion.tool_calls)))
    reply.say('thinking')
  }

  async function ask(conversation: ChatMessage[], last: boolean): Promise<Completion> {
    let heard: number | null = null
    let speaking = false
    const begin = () => {
      heard ??= performance.now()
    }
    const onText = (piece: string) => {
      begin()
      if (!speaking) {
        sum.first_token_ms ??= Math.round(performance.now() - started)
        reply.say('writing')
        // A new round goes on in a paragraph of its own.
        if (reply.text && !/\n\s*$/.test(reply.text)) reply.append('\n\n')
      }
      speaking = true
      reply.append(piece)
    }
    const onReasoning = (piece: string) => {
      begin()
      reply.think(piece)
    }
    const request = {
      ...question,
      messages: conversation,
      ...(tools.length > 0 && { tools }),
      ...(last && tools.length > 0 && { tool_choice: 'none' as const }),
    }
    const completion = await chatWithRetries(provider, request, { onText, onReasoning }, signal, seconds =>
      reply.say('thinking', `The provider is busy; trying again in ${seconds} s`),
    )
    if (heard !== null) sum.writing_ms += performance.now() - heard
    return completion
  }

  function add(completion: Completion) {
    sum.finish_reason = completion.finish_reason
    sum.model = completion.model ?? sum.model
    sum.provider = completion.provider ?? sum.provider
    sum.error = completion.error
    sum.images.push(...completion.images)
    sum.usage = total(sum.usage, completion.usage)
  }
}

function spokenWithCalls({ text, tool_calls, reasoning_details }: Completion): ChatMessage {
  return {
    role: 'assistant',
    content: text,
    tool_calls: tool_calls.map(({ id, name, arguments: json }) => ({
      id,
      type: 'function',
      // Ollama refuses a conversation with invalid JSON in it; what the model wrote was not run anyway.
      function: { name, arguments: parseJson(json) === undefined ? '{}' : json },
    })),
    ...(reasoning_details.length > 0 && { reasoning_details }),
  }
}

function outOfRounds(text: string): ProviderFailure {
  const words = 'The model went on asking for tools and came to no answer within the limits of this server.'
  return {
    status: null,
    code: 'tool_limit',
    message: text ? `${words} What it had written stands above.` : words,
    retry_after: null,
  }
}

function total(one: Usage | null, other: Usage | null): Usage | null {
  if (!one || !other) return one ?? other
  const plus = (a: number | null, b: number | null) => (a === null && b === null ? null : (a ?? 0) + (b ?? 0))
  return {
    prompt_tokens: plus(one.prompt_tokens, other.prompt_tokens),
    completion_tokens: plus(one.completion_tokens, other.completion_tokens),
    total_tokens: plus(one.total_tokens, other.total_tokens),
    cost_usd: plus(one.cost_usd, other.cost_usd),
  }
}
