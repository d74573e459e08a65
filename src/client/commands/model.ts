import { type Command, OWNER_ONLY, standing } from './command.ts'

const OFFERED = 8

export const model: Command = {
  name: 'model',
  usage: '/model name',
  words: 'Choose the model that answers in this room',
  may: ({ moderates }) => moderates,
  refusal: OWNER_ONLY,
  choices(typed, { desk }) {
    const words = typed.toLowerCase().split(/\s+/)
    return desk.models.list
      .filter(({ id, name }) => words.every(word => `${id} ${name}`.toLowerCase().includes(word)))
      .slice(0, OFFERED)
      .map(({ id, name }) => ({ insert: id, title: name, note: name === id ? '' : id }))
  },
  async run(argument, place) {
    const { desk, room } = place
    const { info } = standing(place) ?? {}
    if (!argument) return `The model is ${info?.model_id}. Type /model and a part of a name to choose another one.`
    const chosen = modelCalled(argument, desk.models.list)
    if (chosen === info?.model_id) return `${chosen} is the model already.`
    await desk.rooms.change(room.id, { model_id: chosen })
    return `${chosen} answers from now on.`
  },
}

/** By its id, its name, or any part of them that only one has. */
function modelCalled(argument: string, list: readonly { id: string; name: string }[]): string {
  const wanted = argument.toLowerCase()
  const exact = list.find(({ id, name }) => id.toLowerCase() === wanted || name.toLowerCase() === wanted)
  if (exact) return exact.id
  const close = list.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(wanted))
  const [only, another] = close
  if (only && !another) return only.id
  if (only) throw new Error(`“${argument}” may be one of ${close.length} models. Type a little more of its name.`)
  throw new Error(`There is no model called “${argument}”. Type /model and a space to see what there is.`)
}
