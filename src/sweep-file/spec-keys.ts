/** Which keys may stand in a spec, by the mapping that they stand in. */
import { DATASET_KEYS } from './dataset.ts';
import { PARAMETER_NAMES } from '../model/parameters.ts';
import { STAGES } from './seeds.ts';
import { specSchema } from './schema.ts';

const { train, objective, prune, budget, until } = specSchema.shape;

export const TRAIN_KEYS = Object.keys(train.unwrap().shape);

const RANGE_KEYS = ['min', 'max', 'scale', 'step'];

export const SECTION_KEYS: Readonly<Record<string, readonly string[]>> = {
  dataset: DATASET_KEYS,
  parameters: PARAMETER_NAMES,
  train: TRAIN_KEYS,
  seeds: STAGES,
  objective: Object.keys(objective.unwrap().shape),
  budget: Object.keys(budget.unwrap().shape),
  until: Object.keys(until.unwrap().unwrap().shape),
  prune: Object.keys(prune.unwrap().unwrap().shape),
};

export const TOP_KEYS = Object.keys(specSchema.shape);

/** The keys that may stand in the mapping at `path`: what an unknown one is compared with. */
export function allowedKeys(path: readonly PropertyKey[]): readonly string[] {
  const [section, ...rest] = path.filter((step) => typeof step === 'string');
  if (section === undefined) return TOP_KEYS;
  if (section === 'when') {
    if (rest.length === 0) return ['if', 'then'];
    if (rest.length > 1) return RANGE_KEYS;
    return rest[0] === 'then' ? [...PARAMETER_NAMES, 'class'] : PARAMETER_NAMES;
  }
  if (section === 'objectives') return ['metric', 'goal', 'reference'];
  if (section === 'exclude' || section === 'try') return PARAMETER_NAMES;
  return rest.length === 0 ? (SECTION_KEYS[section] ?? []) : RANGE_KEYS;
}
