import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BenchCase } from '../bench-case.ts';
import type { SweepEvent } from '../sweep-command.ts';

const COMMAND = fileURLToPath(new URL('../../../src/cli/sweep', import.meta.url));
const TRIALS = 20;

/** Moments of a run, in the order they come, and what lies between each and the one before. */
const MOMENTS = {
  planned: 'the command loads, the plan is made and recorded',
  devices: 'the device process starts: its threads load TF.js and ONNX Runtime, the engine is probed',
  started: 'the first trial reads its data and draws its weights',
  progress: 'the first program is traced and compiled, the first steps are trained',
} as const;

export const benchCase: BenchCase = {
  name: 'start',
  measures:
    `\`sweep run\` from the shell to the first training steps of a trial, and to its end with ${TRIALS} trials of two ` +
    'steps each, one slot; warm file cache.',
  peer: null,

  async run(bench) {
    const first: number[] = [];
    const whole: number[] = [];
    const parts = new Map<string, number[]>();
    for (let run = 0; run < (bench.quick ? 2 : 11); run++) {
      const folder = await bench.temporaryFolder();
      const { moments, endMs } = await timedRun(folder);
      whole.push(endMs / 1000);
      first.push(moments.get('progress')! / 1000);
      let before = 0;
      for (const moment of Object.keys(MOMENTS)) {
        parts.set(moment, [...(parts.get(moment) ?? []), moments.get(moment)! - before]);
        before = moments.get(moment)!;
      }
    }
    const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
    const notes = Object.entries(MOMENTS).map(
      ([moment, what]) => `${median(parts.get(moment)!).toFixed(0)} ms: ${what}`,
    );
    const target = { figure: 'ours', sense: 'at most' } as const;
    return [
      {
        what: 'shell to first step',
        unit: 's',
        ours: first,
        peer: [],
        target: { ...target, minimum: 1.5, aim: 1 },
        notes,
      },
      {
        what: '20 tiny trials',
        unit: 's',
        ours: whole,
        peer: [],
        target: { ...target, minimum: 5, aim: 3 },
        notes: [],
      },
    ];
  },
};

/** Milliseconds since the shell was told to start, by the events' own clock. */
async function timedRun(folder: string): Promise<{ moments: Map<string, number>; endMs: number }> {
  const spec = {
    ...{
      name: 'start',
      dataset: { name: 'sprites-mini', train: 128, validation: 64 },
      search: 'random',
      trials: TRIALS,
    },
    parameters: { beta: { min: 1, max: 4 }, hidden: [[8]], latent_dim: 2 },
    train: { epochs: 1, batch_size: 64 },
  };
  const specFile = path.join(folder, 'spec.yaml');
  await writeFile(specFile, JSON.stringify(spec));
  const flags = ['--json', '--device', 'cpu', '--slots', '1', '--results', folder];
  const startedMs = Date.now();
  const child = spawn(COMMAND, ['run', specFile, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const moments = new Map<string, number>();
  for await (const line of createInterface({ input: child.stdout })) {
    const { type, at } = JSON.parse(line) as SweepEvent;
    if (!moments.has(type)) moments.set(type, Date.parse(at) - startedMs);
  }
  const code = await exited;
  if (code !== 0) throw new Error(`sweep run exited with ${code ?? 'a signal'}`);
  return { moments, endMs: Date.now() - startedMs };
}
