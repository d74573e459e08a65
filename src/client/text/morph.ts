/**
 * Makes the children of `parent`, from `start` on, equal to those of `fresh`, touching only what differs: what is the same keeps its
 * node, and with it its selection, its scroll position and its place on the screen.
 */
export function morphChildren(parent: Node, fresh: Node, start: ChildNode | null = parent.firstChild) {
  let old = start
  let next = fresh.firstChild
  while (next) {
    const following = next.nextSibling
    if (!old) parent.appendChild(next)
    else {
      const after: ChildNode | null = old.nextSibling
      if (!morphNode(old, next)) parent.replaceChild(next, old)
      old = after
    }
    next = following
  }
  while (old) {
    const after: ChildNode | null = old.nextSibling
    parent.removeChild(old)
    old = after
  }
}

function morphNode(old: Node, fresh: Node): boolean {
  if (old.nodeName !== fresh.nodeName) return false
  if (!isElement(old) || !isElement(fresh)) {
    if (old.nodeValue !== fresh.nodeValue) rewrite(old, fresh.nodeValue ?? '')
    return true
  }
  if (old.classList.contains('code')) return morphCode(old, fresh)
  if (!sameAttributes(old, fresh)) return false
  morphChildren(old, fresh)
  return true
}

/** The state of its buttons and the colours of its code belong to the reader. */
function morphCode(old: Element, fresh: Element): boolean {
  const [code, freshCode] = [old.querySelector('code'), fresh.querySelector('code')]
  if (!code || !freshCode || code.dataset.language !== freshCode.dataset.language) return false
  if (old.querySelector('.code-language')?.textContent !== fresh.querySelector('.code-language')?.textContent) {
    return false
  }
  if (code.textContent !== freshCode.textContent) {
    delete code.dataset.highlighted
    morphChildren(code, freshCode)
  }
  return true
}

function rewrite(old: Node, value: string) {
  const written = old.nodeValue ?? ''
  // Appending, unlike replacing, leaves a selection in the text alone.
  if (isText(old) && value.startsWith(written)) old.appendData(value.slice(written.length))
  else old.nodeValue = value
}

function sameAttributes(old: Element, fresh: Element): boolean {
  return (
    old.attributes.length === fresh.attributes.length &&
    [...old.attributes].every(({ name, value }) => fresh.getAttribute(name) === value)
  )
}

function isElement(node: Node): node is HTMLElement {
  return node.nodeType === 1
}

function isText(node: Node): node is Text {
  return node.nodeType === 3
}
