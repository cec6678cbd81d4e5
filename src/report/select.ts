import type { SweepSnapshot } from '../store/read-model.ts';
import type { TrialId } from '../trial/trial.ts';
import { foldSeeds, rankConfigurations } from './ranking.ts';

/**
 * The completed trials, by seed, of the configuration the sweep selects: the best by the objective, or the only one
 * (also where nothing was held out to rank by). Empty while there is none. These are the trials that may see the test images.
 */
export function selectedTrials(snapshot: SweepSnapshot): readonly TrialId[] {
  const configurations = foldSeeds(snapshot.trials);
  const selected = configurations.length === 1 ? configurations[0] : rankConfigurations(snapshot).ranked[0];
  return (selected?.completed ?? []).map((trial) => trial.id);
}
