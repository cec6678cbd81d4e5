import type { Bench, BenchCase } from '../bench-case.ts';
import { cpuSeconds } from '../process-figures.ts';
import { runSweepCommand } from '../sweep-command.ts';

export const benchCase: BenchCase = {
  name: 'coordinator-cpu',
  measures:
    'CPU time of the coordinator (the process of `sweep run --json`, which prints every event) as a share of one core ' +
    'while two slots train the default models on sprites-mini: from the first epoch to the last.',
  peer: null,

  async run(bench) {
    const ours: number[] = [];
    for (let i = 0; i < (bench.quick ? 1 : 3); i++) ours.push(await cpuShare(bench));
    const target = { figure: 'ours', sense: 'at most', minimum: 3, aim: 1 } as const;
    return [{ what: 'coordinator CPU, 2 slots training', unit: '%', ours, peer: [], target, notes: [] }];
  },
};

async function cpuShare(bench: Bench): Promise<number> {
  const spec = {
    name: 'coordinator',
    dataset: 'sprites-mini',
    parameters: { architecture: ['mlp', 'conv'], beta: [1, 4] },
    train: { epochs: bench.quick ? 3 : 10 },
  };
  let first: { atMs: number; cpu: number } | undefined;
  let share = NaN;
  await runSweepCommand(bench, {
    spec,
    slots: 2,
    onEvent: ({ type }, { pid }) => {
      if (type !== 'epoch') return;
      const now = { atMs: performance.now(), cpu: cpuSeconds(pid) };
      if (first === undefined) first = now;
      else share = (100 * (now.cpu - first.cpu)) / ((now.atMs - first.atMs) / 1000);
    },
  });
  return share;
}
