/** `npm run golden`: writes down anew what the golden trials come to, for a change of results that is meant. Needs MNIST. */
import { readFile, writeFile } from 'node:fs/promises';
import { loadEngine } from '../../src/engine/load.ts';
import { NUMERICS_VERSION } from '../../src/trial/identity.ts';
import { MNIST_DATA_DIR } from '../data/fixtures.ts';
import { GOLDEN_FILE, trainGolden, type GoldenTrial } from './golden.ts';

if (MNIST_DATA_DIR === undefined) throw new Error('No MNIST here: set SWEEP_TEST_DATA.');
const before = JSON.parse(await readFile(GOLDEN_FILE, 'utf8').catch(() => '{"trials":[]}')) as {
  trials: GoldenTrial[];
};
const trials = await trainGolden(await loadEngine({ engine: 'compiled', provider: 'cpu' }), MNIST_DATA_DIR);
await writeFile(GOLDEN_FILE, `${JSON.stringify({ numericsVersion: NUMERICS_VERSION, trials }, undefined, 2)}\n`);
for (const { settings, id, elbo } of trials) {
  const old = before.trials.find((trial) => trial.settings === settings);
  const change = old ? `, was ${old.id === id ? 'the same id' : old.id} ${old.elbo.at(-1)}` : ', new';
  process.stdout.write(`${settings}: ${id} ${elbo.at(-1)}${change}\n`);
}
