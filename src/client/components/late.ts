import { type RiotComponent, type RiotComponentWrapper, register } from 'riot'

const known = new Set<string>()

/** Makes components that are loaded when they are first needed known to all the others. */
export function introduce(...components: RiotComponentWrapper<RiotComponent>[]) {
  for (const component of components) {
    const name = component.name ?? ''
    if (known.has(name)) continue
    known.add(name)
    register(name, component)
  }
}
