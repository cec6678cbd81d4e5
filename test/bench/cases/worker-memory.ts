import { median } from 'simple-statistics';
import type { BenchCase } from '../bench-case.ts';
import { memoryMb } from '../process-figures.ts';
import { runSweepCommand } from '../sweep-command.ts';

/** Memory breathes from trial to trial: each figure is the median over this many ends of trials. */
const SPAN = 5;

export const benchCase: BenchCase = {
  name: 'worker-memory',
  measures:
    'Physical memory (VmRSS) of a device process with one slot, after its first 200 short trials beside after its first ' +
    '20: MLPs and convolutional models of two sizes each on 1,000 images, pictures included. Each figure is the median ' +
    `over the ends of ${SPAN} trials.`,
  peer: 'the same process after 20 trials',

  async run(bench) {
    const [early, late] = bench.quick ? [10, 30] : [20, 200];
    const spec = {
      name: 'memory',
      dataset: { name: 'sprites-mini', train: 1000, validation: 200 },
      parameters: {
        architecture: ['mlp', 'conv'],
        hidden: [[64], [128]],
        channels: [
          [8, 16],
          [16, 16],
        ],
      },
      seeds: Math.ceil(late / 4),
      train: { epochs: 1 },
    };
    let pid = 0;
    const memory: number[] = [];
    await runSweepCommand(bench, {
      spec,
      slots: 1,
      onEvent: ({ type, devices }) => {
        pid = devices?.[0]?.pid ?? pid;
        if (type === 'finished' && memory.length < late) memory.push(memoryMb(pid, 'VmRSS'));
      },
    });
    const after = (trials: number): number => median(memory.slice(trials - SPAN, trials));
    const target = { figure: 'ours/peer', sense: 'at most', minimum: 1.05, aim: 1 } as const;
    const what = `one worker, ${late} trials vs ${early}`;
    return [{ what, unit: 'MB', ours: [after(late)], peer: [after(early)], target, notes: [] }];
  },
};
