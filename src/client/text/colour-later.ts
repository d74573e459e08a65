/** Colours the code below `element` when the page has nothing better to do. What does that is loaded for the first of it. */
export function colourLater(element: Element): void {
  if (!element.querySelector('code[data-language]:not([data-highlighted])')) return
  const colour = () =>
    void import('./highlight.ts').then(
      ({ highlightWithin }) => highlightWithin(element),
      () => {},
    )
  // Not every browser can tell when it is idle.
  ;(globalThis.requestIdleCallback ?? setTimeout)(colour)
}
