import type { DatasetSource } from '../data/source.ts';
import { TrialFiles, type TrialFile } from '../files/trial-files.ts';
import type { TransferClient } from '../transfer/transfer-client.ts';
import { trialId } from '../trial/identity.ts';
import type { TrialJob } from '../trial/job.ts';
import { fetchData } from './fetch-data.ts';
import type { JobMessage } from './messages.ts';

/** Brings here what a job needs, into a folder of its own. Rejects with what keeps it from being begun here. */
export type PrepareJob = (message: JobMessage, client: TransferClient, directory: string) => Promise<TrialJob>;

/** What a job begins from, where it is there. */
export function fileNeeded(kind: TrialJob['kind']): TrialFile {
  return kind === 'train' ? 'checkpoint' : 'weights';
}

/** `dataDir`: where data sets are looked for first. */
export function jobPreparer(dataDir: string | undefined): PrepareJob {
  /** Files are read whole to be known: once for all jobs. */
  const known = new Map<string, Promise<DatasetSource>>();
  return async (message, client, directory) => {
    const { kind, trial, attempt, seed, config, dataset, hasFile } = message;
    // The same check for a message that was changed, and for another arithmetic.
    if (trialId(config, dataset.fingerprint, seed) !== trial) {
      throw new Error(`its id stands for another configuration, or for another version's arithmetic`);
    }
    let source = known.get(dataset.fingerprint);
    if (source === undefined) {
      source = fetchData(message, client, dataDir);
      known.set(dataset.fingerprint, source);
      source.catch(() => known.delete(dataset.fingerprint));
    }
    const found = await source;
    if (found.fingerprint !== dataset.fingerprint) {
      throw new Error(
        `its ${dataset.name} is another than this machine's (${found.fingerprint}, not ${dataset.fingerprint})`,
      );
    }
    const files = new TrialFiles(directory);
    files.prepare();
    const needed = fileNeeded(kind);
    if (hasFile) await client.getTrialFile(message.execution, needed, files.path(needed));
    return { kind, trial, attempt, seed, config, dataset: found, directory };
  };
}
