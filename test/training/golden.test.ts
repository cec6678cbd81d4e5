import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { loadEngine } from '../../src/engine/load.ts';
import { NUMERICS_VERSION } from '../../src/trial/identity.ts';
import { MNIST_DATA_DIR, mnistTitle } from '../data/fixtures.ts';
import { GOLDEN_FILE, isOnMnist, trainGolden, type GoldenTrial } from './golden.ts';

/**
 * Processors round differently: the order of a sum, fused products. After 16 steps that moves an ELBO by 1e-7 of itself;
 * an initialisation, a gradient or a random stream that is another moves it by 1e-3 and more.
 */
const SAME = 1e-5;

it(mnistTitle('trials have the ids and ELBOs that they had'), async () => {
  const { numericsVersion, trials } = JSON.parse(await readFile(GOLDEN_FILE, 'utf8')) as {
    numericsVersion: number;
    trials: GoldenTrial[];
  };
  const golden = trials.filter((trial) => MNIST_DATA_DIR !== undefined || !isOnMnist(trial));
  const trained = await trainGolden(await loadEngine({ engine: 'compiled', provider: 'cpu' }), MNIST_DATA_DIR);

  // Meant? Then raise NUMERICS_VERSION and write the table anew: npm run golden.
  expect(numericsVersion).toBe(NUMERICS_VERSION);
  expect(trained.map(({ settings, id }) => ({ settings, id }))).toEqual(
    golden.map(({ settings, id }) => ({ settings, id })),
  );
  const moved = golden.filter(({ elbo }, i) => {
    return elbo.some((value, epoch) => !(Math.abs(trained[i]!.elbo[epoch]! - value) <= SAME * Math.abs(value)));
  });
  expect(moved).toEqual([]);
});
