/**
 * The same 64 configurations of sprites-mini once trained in full and once by halving: how many epochs halving takes, and
 * whether it finds the winner of the full sweep, or one that the full sweep ties with it. Before that, the same of a recorded
 * table, by each way to prune (pruned-table.ts). `npm run test:halving [-- table]`.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openResults, runSweep } from '../../src/index.ts';
import { check, conclude, note } from './checks.ts';
import { checkTable } from './pruned-table.ts';

/** 64 → 21 → 7 → 2. */
const SPEC = {
  name: 'full',
  dataset: 'sprites-mini',
  parameters: {
    beta: { min: 0.5, max: 4, scale: 'log' },
    latent_dim: { min: 2, max: 16 },
    learning_rate: { min: 1e-4, max: 1e-2, scale: 'log' },
    hidden: [[32], [64]],
  },
  search: 'sobol',
  trials: 64,
  seeds: 2,
  train: { epochs: 10 },
} as const;
const MOST_EPOCHS = 0.35;

const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-halving-'));
checkTable();
if (process.argv[2] === 'table') {
  conclude(folder);
  process.exit();
}
// Results of their own, or one would take over what the other has.
const full = await train('full', SPEC);
const halved = await train('halved', { ...SPEC, name: 'halved', prune: { method: 'halving' } });
note(`epochs: ${full.epochs} in full, ${halved.epochs} by halving (${percent(halved.epochs / full.epochs)})`);
check(`at most ${percent(MOST_EPOCHS)} of the epochs`, halved.epochs <= MOST_EPOCHS * full.epochs, halved.epochs);

const [winner] = full.ranked;
const [found] = halved.ranked;
const place = full.ranked.findIndex(({ id }) => id === found!.id);
const nats = winner!.elbo - full.ranked[place]!.elbo;
const tied = full.ranked.filter(({ isTied }) => isTied).length;
note(`the full sweep ties ${tied} configurations with its winner, which halving ${left(winner!.id)}`);
note(`halving's winner is place ${place + 1} of ${full.ranked.length} there, ${nats.toFixed(3)} nats below the first`);
check('it is the winner, or tied with it in the full sweep', place === 0 || full.ranked[place]!.isTied, place);
// What both trained to the end has the same bits.
const sameBits = halved.ranked.every(({ id, elbo }) => full.ranked.find((one) => one.id === id)?.elbo === elbo);
check('what went on to the end has the bits of the full sweep', sameBits, halved.ranked);
conclude(folder);

async function train(name: string, spec: Parameters<typeof runSweep>[0]) {
  const results = path.join(folder, name);
  const { counts, elapsedMs } = await runSweep(spec, { results, device: 'cpu' });
  note(`${name}: ${counts.completed} completed, ${counts.pruned} pruned, ${(elapsedMs / 1000).toFixed(0)} s`);
  using open = openResults(results);
  const epochs = open.sweep().trials.reduce((sum, trial) => sum + trial.epochs, 0);
  const ranked = open
    .report()
    .configurations.filter(({ rank }) => rank !== null)
    .map(({ configId, tied: isTied, metrics }) => ({ id: configId, isTied, elbo: metrics['val/elbo']!.mean }));
  return { epochs, ranked };
}

function left(id: string): string {
  return halved.ranked.some((one) => one.id === id) ? 'trained to the end' : 'pruned';
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
