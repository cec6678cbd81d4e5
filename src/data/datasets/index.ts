import { SweepError } from '../../errors.ts';
import type { CatalogDataset } from '../definition.ts';
import { fashionMnist } from './fashion-mnist.ts';
import { mnist } from './mnist.ts';
import { spritesMini } from './sprites-mini.ts';
import { sprites } from './sprites.ts';

/** In the order in which they are listed. */
export const DATASETS: readonly CatalogDataset[] = [spritesMini, sprites, mnist, fashionMnist];

/** @throws SweepError DATA_MISSING if there is none of that name. */
export function datasetOf(name: string, catalog: readonly CatalogDataset[] = DATASETS): CatalogDataset {
  const found = catalog.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  const known = catalog.map((candidate) => candidate.name).join(', ');
  throw new SweepError('DATA_MISSING', `There is no data set called \`${name}\`. There are: ${known}.`);
}
