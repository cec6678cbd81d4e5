/**
 * Real sweeps by `search: auto` and by `search: random`, five times each: in how many trials, and in how much CPU time, they
 * reach a val/elbo, first that which each random search ends with, then one that is the same for all: what half of the
 * random searches end with. The first flatters random search: where in its trials it finds its best is chance, so half of them have it in the first
 * half, also where another such search would take all its trials and not get there.
 * `npm run test:auto [-- TRIALS REPEATS]`; a quarter of an hour of one core.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { median } from 'simple-statistics';
import { check, conclude, note, query } from './checks.ts';
import { ended, startSweep } from './processes.ts';

const [trials = 48, repeats = 5] = process.argv.slice(2).map(Number);
const LEAST = 2;

interface Step {
  readonly elbo: number;
  readonly cpu: number;
}

const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-auto-'));
const searches: { readonly random: readonly Step[]; readonly auto: readonly Step[] }[] = [];
const ratios: { readonly trials: number; readonly cpu: number }[] = [];
for (let seed = 0; seed < repeats; seed++) {
  const [random, auto] = [await searched('random', seed), await searched('auto', seed)];
  searches.push({ random, auto });
  const target = best(random);
  const [theirs, ours] = [reaches(random, target), reaches(auto, target)];
  ratios.push({ trials: theirs.trials / ours.trials, cpu: theirs.cpu / ours.cpu });
  note(
    `${seed}: random has ${target.toFixed(2)} after ${theirs.trials} trials, ${theirs.cpu.toFixed(1)} s of CPU; ` +
      (ours.isReached ? 'auto' : `auto, which gets to ${best(auto).toFixed(2)},`) +
      ` after ${ours.trials}, ${ours.cpu.toFixed(1)} s`,
  );
}
const [byTrials, byCpu] = [median(ratios.map(({ trials }) => trials)), median(ratios.map(({ cpu }) => cpu))];
note(`median: ${byTrials.toFixed(2)} times fewer trials, ${byCpu.toFixed(2)} times less CPU time`);

const level = median(searches.map(({ random }) => best(random)));
const [theirs, ours] = (['random', 'auto'] as const).map((who) => {
  const all = searches.map((one) => reaches(one[who], level));
  const sum = (of: 'trials' | 'cpu'): number => all.reduce((total, one) => total + one[of], 0);
  return { reached: all.filter(({ isReached }) => isReached).length, trials: sum('trials'), cpu: sum('cpu') };
});
// What never gets there counts with all its time, which is too little.
for (const [who, { reached, trials, cpu }] of [
  ['random', theirs!],
  ['auto', ours!],
] as const)
  note(
    `to ${level.toFixed(2)}: ${who} gets in ${reached} of ${repeats}, by ${trials} trials in all, ${cpu.toFixed(1)} s of CPU`,
  );
const ratio = theirs!.cpu / ours!.cpu;
note(`${(theirs!.trials / ours!.trials).toFixed(2)} times fewer trials, ${ratio.toFixed(2)} times less CPU time`);
check(`auto reaches the level of half the random searches in ${LEAST} times less CPU time`, ratio >= LEAST, ratio);
conclude(folder);

/** The trials of a sweep in the order of their proposals. */
async function searched(search: 'random' | 'auto', seed: number): Promise<Step[]> {
  const name = `${search}-${seed}`;
  const spec = path.join(folder, `${name}.yaml`);
  writeFileSync(
    spec,
    `
name: ${name}
dataset: sprites-mini
parameters:
  hidden: [[64], [128], [256], [64, 64], [128, 64]]
  activation: [relu, leaky_relu, elu, tanh]
  latent_dim: { min: 2, max: 32 }
  beta: { min: 0.25, max: 4, scale: log }
  learning_rate: { min: 1e-4, max: 5e-2, scale: log }
search: ${search}
search_seed: ${seed}
trials: ${trials}
train: { epochs: 4 }
`,
  );
  // Of its own, or what one search has trained the other takes over.
  const results = path.join(folder, name);
  const code = await ended(startSweep(['run', spec, '--device', 'cpu', '--results', results]));
  // 3: some diverged, as may happen at the largest learning rates.
  check(`${name} ends with 0 or 3`, code === 0 || code === 3, code);
  const failed = query(results, `select key from trials where state = 'failed'`);
  check(`${name} has no failed trial`, failed.length === 0, failed);
  const rows = query(
    results,
    'select elbo, (select sum(cpu_seconds) from epochs where trial_key = key) as cpu from trials order by position',
  ) as {
    readonly elbo: number | null;
    readonly cpu: number;
  }[];
  return rows.map(({ elbo, cpu }) => ({ elbo: elbo ?? -Infinity, cpu }));
}

/** Where a search first has so much; all of it where it never has. */
function reaches(
  steps: readonly Step[],
  target: number,
): { readonly trials: number; readonly cpu: number; readonly isReached: boolean } {
  const at = steps.findIndex(({ elbo }) => elbo >= target);
  const trials = at < 0 ? steps.length : at + 1;
  return { trials, isReached: at >= 0, cpu: steps.slice(0, trials).reduce((sum, { cpu }) => sum + cpu, 0) };
}

function best(steps: readonly Step[]): number {
  return Math.max(...steps.map(({ elbo }) => elbo));
}
