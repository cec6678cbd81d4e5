import { spawnSync } from 'node:child_process';
import type { BenchCase, Measurement } from '../bench-case.ts';
import { SWEEP_NAME, recordSweep, tenThousandTrials } from '../recorded-sweep.ts';
import { SWEEP } from '../sweep-command.ts';

const COMMANDS = [
  { args: ['status', SWEEP_NAME], minimum: 0.4, aim: 0.2 },
  { args: ['report', SWEEP_NAME, '--best'], minimum: 2, aim: 1 },
];

export const benchCase: BenchCase = {
  name: 'status-report',
  measures:
    '`sweep status` and `sweep report --best` on a sweep of 10,000 trials (1,000 configurations, 10 seeds, 3 epochs of ' +
    '9 metrics each): wall time of the whole process, from spawn to exit.',
  peer: null,

  async run(bench) {
    const folder = await bench.temporaryFolder();
    const { trials } = await recordSweep(folder, tenThousandTrials(bench.quick));
    // In turn, so that both commands meet the same machine.
    const samples = COMMANDS.map(() => [] as number[]);
    for (let i = 0; i < (bench.quick ? 3 : 11); i++) {
      COMMANDS.forEach(({ args }, command) => samples[command]!.push(wallSeconds([...args, '--results', folder])));
    }
    return COMMANDS.map(({ args, minimum, aim }, command): Measurement => {
      return {
        what: `sweep ${args.join(' ')}, ${trials.toLocaleString('en')} trials`,
        unit: 's',
        ours: samples[command]!,
        peer: [],
        target: { figure: 'ours', sense: 'at most', minimum, aim },
        notes: [],
      };
    });
  },
};

function wallSeconds(args: readonly string[]): number {
  const startedMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [SWEEP, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`sweep ${args.join(' ')} exited with ${status ?? 'a signal'}: ${stderr}`);
  return (performance.now() - startedMs) / 1000;
}
