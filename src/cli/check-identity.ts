import { CATALOG, fingerprintOf } from '../data/catalog.ts';
import { SweepError } from '../errors.ts';
import type { SweepRecord, TrialRecord } from '../store/read-model.ts';
import { configId, NUMERICS_VERSION, trialId } from '../trial/identity.ts';

/**
 * Refuses trials whose rows have another configuration or seed than their ids stand for, whatever plan named them: what is
 * told of them would be another trial's. Ids of an earlier version's arithmetic, and of data that nobody knows any more,
 * can't be judged. @throws SweepError STORE_UNREADABLE
 */
export function checkIdentity(
  trials: readonly TrialRecord[],
  { datasetFingerprint }: SweepRecord,
  database: string,
): void {
  const fingerprints = [datasetFingerprint, ...CATALOG.map(fingerprintOf)];
  const changed = trials.find(
    ({ id, configId: configuration, config, seed, numericsVersion }) =>
      numericsVersion === NUMERICS_VERSION &&
      !fingerprints.some((print) => {
        return trialId(config, print, seed) === id && configId(config, print) === configuration;
      }),
  );
  if (changed === undefined) return;
  throw new SweepError(
    'STORE_UNREADABLE',
    `${database}: trial ${changed.id} of sweep ${changed.sweep} has another configuration or seed than its id stands for: ` +
      'the row was changed by something other than vae-sweep. Restore the database from a backup, or name another folder ' +
      'with --results to start anew.',
  );
}
