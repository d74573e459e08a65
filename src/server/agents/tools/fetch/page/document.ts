import { parseHTML } from 'linkedom'

const OF_THE_HEAD = new Set(['TITLE', 'META', 'LINK', 'BASE', 'SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE'])

/**
 * A document with a head and a body. HTML lets authors leave out `<html>`, `</head>` and `<body>`, which many tools do; the
 * parser takes the tags as they come, and what then stands beside the body or in the head would never be read.
 */
export function parseDocument(html: string): Document {
  const { document } = parseHTML(/<html[\s>]/i.test(html) ? html : `<!doctype html><html>${html}</html>`)
  const root = document.documentElement
  const body = root.querySelector('body') ?? root.appendChild(document.createElement('body'))
  const head = root.querySelector('head') ?? root.insertBefore(document.createElement('head'), root.firstChild)
  if (body.parentNode !== root) root.append(body)
  const strays: ChildNode[] = [...head.childNodes].filter(node => !OF_THE_HEAD.has(node.nodeName))
  for (const node of [...root.childNodes]) {
    if (OF_THE_HEAD.has(node.nodeName)) head.append(node)
    else if (node !== head && node !== body) strays.push(node)
  }
  body.prepend(...strays)
  return document
}
