import type { DatasetSettings } from '../trial/trial.ts';
import { datasetOf } from './datasets/index.ts';
import type { CatalogDataset, DatasetDefinition } from './definition.ts';
import { ownDataset } from './own/own-dataset.ts';

/** The data set that settings are of, known without its files. @throws SweepError DATA_MISSING if there is none of that name */
export function definitionOf(
  { name, own }: Pick<DatasetSettings, 'name' | 'own'>,
  catalog?: readonly CatalogDataset[],
): DatasetDefinition {
  return own === undefined ? datasetOf(name, catalog) : ownDataset(name, own);
}
