import { spawnSync } from 'node:child_process';
import type { BenchCase } from '../bench-case.ts';
import { interleave } from '../interleave.ts';
import { SWEEP } from '../sweep-command.ts';

export const benchCase: BenchCase = {
  name: 'version',
  measures: '`sweep --version`: wall time of the whole process, less that of bare node with nothing to do.',
  peer: 'bare `node -e 0`',

  async run(bench) {
    const pairs = await interleave(
      bench.quick ? 5 : 40,
      () => wallMs([SWEEP, '--version']),
      () => wallMs(['-e', '0']),
    );
    const target = { figure: 'ours-peer', sense: 'at most', minimum: 60, aim: 30 } as const;
    return [{ what: 'sweep --version over bare node', unit: 'ms', ...pairs, target, notes: [] }];
  },
};

function wallMs(args: readonly string[]): number {
  const startedMs = performance.now();
  const { status } = spawnSync(process.execPath, args);
  if (status !== 0) throw new Error(`node ${args.join(' ')} exited with ${status ?? 'a signal'}`);
  return performance.now() - startedMs;
}
