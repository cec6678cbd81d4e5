import type { Bench, BenchCase, Measurement } from '../bench-case.ts';
import { interleave } from '../interleave.ts';
import { runSweepCommand } from '../sweep-command.ts';

export const benchCase: BenchCase = {
  name: 'two-slots',
  measures:
    'Trials per minute of `sweep run` on sprites-mini with the default settings, from the first dispatch to the last ' +
    'end: --slots 2 beside --slots 1. Loading the data and compiling in each thread is part of it.',
  peer: 'ours with --slots 1',

  async run(bench) {
    const rows: Measurement[] = [];
    for (const architecture of ['mlp', 'conv']) {
      const seeds = bench.quick || architecture === 'conv' ? 4 : 12;
      const spec = {
        name: architecture,
        dataset: 'sprites-mini',
        parameters: { architecture },
        seeds,
        ...(bench.quick && { train: { epochs: 1 } }),
      };
      const pairs = await interleave(
        bench.quick ? 1 : 3,
        () => trialsPerMinute(bench, spec, 2),
        () => trialsPerMinute(bench, spec, 1),
      );
      rows.push({
        what: `2 slots vs 1, ${architecture}`,
        unit: '/min',
        ...pairs,
        target: { figure: 'ours/peer', sense: 'at least', minimum: architecture === 'mlp' ? 1.8 : 1.85, aim: 1.95 },
        notes: [`${seeds} trials`],
      });
    }
    return rows;
  },
};

async function trialsPerMinute(bench: Bench, spec: object, slots: number): Promise<number> {
  let first: number | undefined;
  let last = NaN;
  let finished = 0;
  await runSweepCommand(bench, {
    spec,
    slots,
    onEvent: ({ type, at }) => {
      if (type === 'dispatched') first ??= Date.parse(at);
      if (type !== 'finished') return;
      last = Date.parse(at);
      finished++;
    },
  });
  return finished / ((last - first!) / 60_000);
}
