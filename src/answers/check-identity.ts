import { DATASETS } from '../data/datasets/index.ts';
import { fingerprintOf } from '../data/definition.ts';
import { SweepError } from '../errors.ts';
import type { SweepRecord, TrialRecord } from '../store/read-model.ts';
import { configId, NUMERICS_VERSION, trialId } from '../trial/identity.ts';
import type { ConfigId, TrialConfig } from '../trial/trial.ts';

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
  const fingerprints = [datasetFingerprint, ...DATASETS.map(fingerprintOf)];
  // The seeds of a configuration share it.
  const known = new Map<TrialConfig, { id: ConfigId; fingerprint: string | undefined }>();
  const fingerprintFor = (config: TrialConfig, id: ConfigId): string | undefined => {
    const before = known.get(config);
    if (before?.id === id) return before.fingerprint;
    const { own } = config.dataset;
    const candidates = own === undefined ? fingerprints : [own.fingerprint];
    const fingerprint = candidates.find((candidate) => configId(config, candidate) === id);
    known.set(config, { id, fingerprint });
    return fingerprint;
  };
  const changed = trials.find(({ id, configId: configuration, config, seed, numericsVersion }) => {
    if (numericsVersion !== NUMERICS_VERSION) return false;
    const fingerprint = fingerprintFor(config, configuration);
    return fingerprint === undefined || trialId(config, fingerprint, seed) !== id;
  });
  if (changed === undefined) return;
  throw new SweepError(
    'STORE_UNREADABLE',
    `${database}: trial ${changed.id} of sweep ${changed.sweep} has another configuration or seed than its id stands for: ` +
      'the row was changed by something other than vae-sweep. Restore the database from a backup, or name another folder ' +
      'with --results to start anew.',
  );
}
