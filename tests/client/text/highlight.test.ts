import { describe, expect, test } from 'bun:test'
import { highlighted, highlightWithin } from '../../../src/client/text/highlight.ts'
import { languageNamed } from '../../../src/client/text/languages.ts'
import { renderMarkdown } from '../../../src/client/text/markdown.ts'
import { openPage, ROOM } from './browser.ts'

const { view, document } = openPage()

function page(content: string) {
  const root = document.createElement('div')
  root.innerHTML = renderMarkdown(content, ROOM, view)
  document.body.append(root)
  return root
}

describe('a language', () => {
  test.each([
    ...[
      'ts typescript',
      'JS javascript',
      'py python',
      'sh bash',
      'html xml',
      'toml ini',
      'yml yaml',
      'c++ cpp',
      'c# csharp',
    ],
    ...[
      'rs rust',
      'golang go',
      'docker dockerfile',
      'patch diff',
      'md markdown',
      'kt kotlin',
      'gql graphql',
      'nginx nginx',
    ],
  ])('is found: %s', pair => {
    const [written = '', name = ''] = pair.split(' ')
    expect(languageNamed(written)?.name).toBe(name)
  })

  test.each(['', 'text', 'klingon', 'constructor', '__proto__', 'toString', '../core'])(
    'is not guessed from %j',
    name => expect(languageNamed(name)).toBeUndefined(),
  )
})

test.each([
  ...[
    'bash',
    'c',
    'cpp',
    'csharp',
    'css',
    'diff',
    'dockerfile',
    'elixir',
    'go',
    'graphql',
    'haskell',
    'http',
    'ini',
    'java',
  ],
  ...[
    'javascript',
    'json',
    'kotlin',
    'lua',
    'makefile',
    'markdown',
    'nginx',
    'php',
    'powershell',
    'python',
    'r',
    'ruby',
  ],
  ...['rust', 'scss', 'sql', 'swift', 'typescript', 'xml', 'yaml'],
])('%s loads and escapes', async name => {
  const html = await highlighted('<img src=x onerror=alert(1)> "a" // b', name)
  expect(html?.replace(/<\/?span[^>]*>/g, '')).not.toContain('<')
})

test('coloured code keeps its text', async () => {
  const code = 'const a = "<b>&amp;</b>" // 1 < 2'
  const root = page(`\`\`\`ts\n${code}\n\`\`\``)
  await highlightWithin(root, view)
  expect(root.querySelector('code .hljs-keyword')?.textContent).toBe('const')
  expect(root.querySelector('code')?.textContent).toBe(code)
  expect([...root.querySelectorAll('code *')].every(node => node.localName === 'span')).toBe(true)
})

test('unknown languages, long blocks and what is beyond the budget stay plain', async () => {
  const block = `\`\`\`js\n${'let a = 1\n'.repeat(1_900)}\`\`\`\n\n`
  const root = page(`\`\`\`klingon\nlet a\n\`\`\`\n\n\`\`\`js\n${'let a = 1\n'.repeat(2_100)}\`\`\`\n\n`)
  await highlightWithin(root, view)
  expect(root.querySelector('code span')).toBeNull()
  const many = page(block.repeat(2))
  await highlightWithin(many, view)
  expect(many.querySelectorAll('code[data-highlighted]')).toHaveLength(2)
})

test('a block that grew while its language was loading is left alone', async () => {
  const root = page('```swift\nlet a\n```')
  const colouring = highlightWithin(root, view)
  const code = root.querySelector('code')
  if (code) code.textContent = 'let a = 1'
  await colouring
  expect(code?.innerHTML).toBe('let a = 1')
})
