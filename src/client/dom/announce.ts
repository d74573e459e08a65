type Announcing = Element & { ariaNotify?: (text: string) => void }

/** Says something to whoever listens to the page. Browsers without a way to say it read it out of `region`. */
export function announce(region: Element, text: string) {
  const announcing: Announcing = region
  if (announcing.ariaNotify) announcing.ariaNotify(text)
  else region.textContent = text
}
