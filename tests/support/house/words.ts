import type { Script } from '../fake-provider.ts'
import type { Found } from '../fake-search.ts'

export const LARGE = 'mistralai/mistral-large-3'
export const SMALL = 'qwen/qwen4-8b'

const model = (id: string, name: string, context_length: number, prompt: string, completion: string) => ({
  ...{ id, name, context_length },
  architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
  pricing: { prompt, completion },
  supported_parameters: ['max_tokens', 'reasoning', 'temperature', 'tools', 'tool_choice'],
})
export const MODELS = [
  model('openrouter/auto', 'Auto Router', 2_000_000, '-1', '-1'),
  model('google/gemma-5-27b', 'Google: Gemma 5 27B', 131_072, '0.0000001', '0.0000003'),
  model('meta-llama/llama-5-70b', 'Meta: Llama 5 70B', 262_144, '0.0000004', '0.0000012'),
  model(LARGE, 'Mistral: Large 3', 262_144, '0.000002', '0.000006'),
  model(SMALL, 'Qwen: Qwen4 8B', 131_072, '0.00000005', '0.0000001'),
]

export const FOUND: Found[] = [
  {
    title: 'Write-Ahead Logging',
    url: 'https://www.sqlite.org/wal.html',
    snippet: 'There can be only one writer at a time. Readers do not block it, and it does not block them.',
  },
  {
    title: 'Checkpoint starvation, and how to see it coming',
    url: 'https://example.org/notes/checkpoints',
    snippet: 'A checkpoint can only run to completion when there is no reader, so a log without an end is a sign.',
    age: '3 weeks ago',
  },
  {
    title: 'PRAGMA synchronous',
    url: 'https://www.sqlite.org/pragma.html#pragma_synchronous',
    snippet: 'FULL: the database engine makes sure that all content is safely on the disk before it goes on.',
  },
]

export const TABLE = '<title>Page</title><p>Nothing much is written here, but it is long enough to be read.</p>'
export const PAGES: Record<string, string> = {
  '/wal.html':
    '<title>Write-Ahead Logging</title><article><h1>Write-Ahead Logging</h1><p>WAL provides more concurrency as readers do not block writers and a writer does not block readers.</p><p>By default a checkpoint runs when the log reaches 1000 pages.</p></article>',
}

const WAL = `**One writer at a time**, whatever the number of processes; readers never wait. The log is folded back at 1,000 pages, unless a reader keeps it open ([SQLite](https://www.sqlite.org/wal.html)).

| Option | Writers | Durable | Cost |
|---|--:|:-:|---|
| One process each, \`busy_timeout\` | 40 | yes | waits in a row |
| **One writer, group commit** | 1 | yes | one \`fsync\` a batch |
| \`synchronous=NORMAL\` | 40 | *not at power loss* | none |

The second holds: it turns forty waits into one.

\`\`\`ts
const done = await writer.write(tx => tx.insert(messages).values(message))
\`\`\``

/** What the assistant says to whom asks for it. */
export const ANSWERS: { to: string; script: Script & { toolCalls?: { name: string; arguments: object }[] } }[] = [
  {
    to: 'write-ahead log',
    script: {
      reasoning: 'Forty processes, one file. What limits them is the lock, so I should look up how it is taken.',
      text: WAL,
      toolCalls: [
        { name: 'web_search', arguments: { query: 'sqlite wal many writers checkpoint' } },
        { name: 'web_fetch', arguments: { url: 'SITE/wal.html' } },
      ],
      usage: { prompt_tokens: 3_184, completion_tokens: 296, cost: 0.0048 },
    },
  },
  {
    to: 'diagram',
    script: { refuse: { status: 402, body: { error: { code: 402, message: 'This request requires more credits' } } } },
  },
  {
    to: 'December',
    script: { text: 'Something short and cold: *The Summer Book*, perhaps, to remember that the light comes back.' },
  },
]
