import { Command } from 'commander'
import { runChaos } from './run.ts'

// `bun run chaos --minutes 10`: the same as in the tests for as long as you like, and the figures.
const program = new Command('chaos')
  .description('Kills, stops and cuts off a working server for a while, then looks what became of every message.')
  .option('--minutes <number>', 'for how long', '5')
  .option('--seed <number>', 'the same troubles as in a run before', String(Date.now() % 100_000))
  .parse()
const { minutes, seed } = program.opts<{ minutes: string; seed: string }>()

const outcome = await runChaos({
  seconds: Number(minutes) * 60,
  seed: Number(seed),
  pause_ms: 1,
  tell: words => process.stderr.isTTY && process.stderr.write(`\r${words}`),
})
process.stderr.write('\n')
console.log(JSON.stringify({ seed: Number(seed), ...outcome }, null, 2))
const { lost, doubled, reordered, never_read, told_twice, orphans, tools_run_twice, damaged, resets, replays } = outcome
const wrong = lost + doubled + reordered + never_read + told_twice + orphans + tools_run_twice + damaged.length + resets
process.exit(wrong > 0 || !replays ? 1 : 0)
