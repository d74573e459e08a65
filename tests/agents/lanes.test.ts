import { expect, test } from 'bun:test'
import type { Wake } from '../../src/server/agents/agent.ts'
import { createLanes } from '../../src/server/agents/lanes.ts'

const wake = (id: string, { room_id = 'r', again = false } = {}) =>
  ({ room_id, trigger: { id, seq: 1 }, again: again ? {} : null }) as Wake

/** Lanes whose runs are noted, and in which nothing is left of what is named. */
async function after(added: Wake[], { gone = [] as string[] } = {}): Promise<string[]> {
  const ran: string[] = []
  const lanes = createLanes(async ({ trigger: { id } }) => {
    ran.push(id)
    await Bun.sleep(0)
    return !gone.includes(id)
  })
  for (const each of added) lanes.add(each)
  await lanes.idle()
  return ran
}

test('the latest question is answered for all that wait, what is asked anew by itself', async () => {
  expect(await after([wake('a'), wake('b'), wake('c')])).toEqual(['a', 'c'])
  expect(await after([wake('a'), wake('b'), wake('x', { again: true }), wake('c')])).toEqual(['a', 'x', 'c'])
  expect(await after([wake('a'), wake('b', { room_id: 'other' }), wake('c')])).toEqual(['a', 'b', 'c'])
})

test('it is told which questions it answers for', async () => {
  const told: [string, string[] | undefined][] = []
  const lanes = createLanes(async ({ trigger: { id }, covers }) => {
    told.push([id, covers])
    await Bun.sleep(0)
    return id !== 'd'
  })
  for (const id of ['a', 'b', 'c', 'd']) lanes.add(wake(id))
  await lanes.idle()
  expect(told).toEqual([
    ['a', undefined],
    ['d', ['c', 'b']],
    ['c', ['b']],
  ])
})

test('when it was taken back, the one before it is', async () => {
  expect(await after([wake('a'), wake('b'), wake('c'), wake('d')], { gone: ['d'] })).toEqual(['a', 'd', 'c'])
  expect(await after([wake('a'), wake('b'), wake('c')], { gone: ['a', 'b', 'c'] })).toEqual(['a', 'c', 'b'])
})
