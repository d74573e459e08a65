import { expect, test } from 'bun:test'
import { runChaos } from './run.ts'

const SECONDS = 30

test(`${SECONDS} seconds of kills, pauses, cut lines, lost answers and jumping clocks cost nothing`, async () => {
  const seed = Date.now() % 100_000
  const { acknowledged, nemesis, proxy, answers, ...wrong } = await runChaos({ seconds: SECONDS, seed })
  console.log(
    `seed ${seed}: ${acknowledged} acknowledged, ${answers} answers, ${JSON.stringify({ ...nemesis, ...proxy })}`,
  )
  expect(wrong).toEqual({
    lost: 0,
    doubled: 0,
    reordered: 0,
    never_read: 0,
    told_twice: 0,
    orphans: 0,
    tools_run_twice: 0,
    damaged: [],
    resets: 0,
    replays: true,
  })
  expect(acknowledged).toBeGreaterThan(0)
  expect(nemesis.kills).toBeGreaterThan(0)
}, 180_000)
