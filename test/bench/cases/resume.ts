import { cp } from 'node:fs/promises';
import path from 'node:path';
import { runSweep, type Surroundings } from '../../../src/sweep.ts';
import type { Bench, BenchCase } from '../bench-case.ts';
import { startNoOpExecutor } from '../no-op-executor.ts';
import { recordSweep, tenThousandTrials } from '../recorded-sweep.ts';
import { runSweepCommand } from '../sweep-command.ts';

export const benchCase: BenchCase = {
  name: 'resume',
  measures:
    'A sweep of 10,000 trials, all but one completed, is run again: from the start of the run to the dispatch of the one ' +
    'left, that is reading and expanding the spec, opening and updating the database. The device process is warm; the ' +
    'second row, for information, is the whole command `sweep run` with everything it has to load and start.',
  peer: null,

  async run(bench) {
    const recorded = await bench.temporaryFolder();
    const spec = tenThousandTrials(bench.quick);
    const { trials } = await recordSweep(recorded, spec);
    const executor = await startNoOpExecutor();
    const inProcess: number[] = [];
    const command: number[] = [];
    try {
      for (let i = 0; i < (bench.quick ? 2 : 7); i++) {
        inProcess.push(await secondsToDispatch(await copy(bench, recorded), executor.surroundings));
        command.push(await commandSecondsToDispatch(bench, await copy(bench, recorded), spec));
      }
    } finally {
      await executor.close();
    }
    const what = `first dispatch, ${(trials - 1).toLocaleString('en')} trials done`;
    const target = { figure: 'ours', sense: 'at most', minimum: 0.3, aim: 0.1 } as const;
    return [
      { what, unit: 's', ours: inProcess, peer: [], target, notes: ['the first sample also compiles the code'] },
      { what: `${what}: whole command`, unit: 's', ours: command, peer: [], target: null, notes: [] },
    ];
  },
};

async function copy(bench: Bench, folder: string): Promise<string> {
  const target = await bench.temporaryFolder();
  await cp(folder, target, { recursive: true });
  return target;
}

async function secondsToDispatch(folder: string, surroundings: Surroundings): Promise<number> {
  const startedMs = performance.now();
  let seconds = NaN;
  const options = { specFile: path.join(folder, 'spec.yaml'), overrides: [], resultsDir: folder, device: 'cpu' };
  await runSweep(
    options,
    ({ type }) => {
      if (type === 'dispatched') seconds = (performance.now() - startedMs) / 1000;
    },
    surroundings,
  );
  return seconds;
}

async function commandSecondsToDispatch(bench: Bench, folder: string, spec: object): Promise<number> {
  const startedMs = performance.now();
  let seconds = NaN;
  await runSweepCommand(bench, {
    spec,
    folder,
    slots: 1,
    onEvent: ({ type }, { kill }) => {
      if (type !== 'dispatched') return;
      seconds = (performance.now() - startedMs) / 1000;
      kill();
    },
  });
  return seconds;
}
