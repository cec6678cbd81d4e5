import type { DatasetSource } from '../data/source.ts';
import { TrialFiles } from '../files/trial-files.ts';
import type { TransferClient } from '../transfer/transfer-client.ts';
import { trialId } from '../trial/identity.ts';
import type { TrialJob } from '../trial/job.ts';
import { fetchData, type OwnPlaces } from './fetch-data.ts';
import type { JobMessage } from './messages.ts';

/** Brings here what a job needs, into a folder of its own. Rejects with what keeps it from being begun here. */
export type PrepareJob = (message: JobMessage, client: TransferClient, directory: string) => Promise<TrialJob>;

export function jobPreparer(places: OwnPlaces): PrepareJob {
  /** Files are read whole to be known: once for all jobs. */
  const known = new Map<string, Promise<DatasetSource>>();
  const data = async (message: JobMessage, client: TransferClient): Promise<DatasetSource> => {
    const key = keyOf(message);
    for (let begun = known.get(key); begun !== undefined; begun = known.get(key)) {
      const found = await begun.catch(() => undefined);
      // Else the job that fetched it was given up, perhaps.
      if (found !== undefined) return found;
    }
    const source = fetchExact(message, client, places);
    known.set(key, source);
    source.catch(() => known.delete(key));
    return source;
  };
  return async (message, client, directory) => {
    const { kind, trial, attempt, seed, alone, pauseAt, config, dataset } = message;
    // The same check for a message that was changed, and for another arithmetic.
    if (trialId(config, dataset.fingerprint, seed) !== trial) {
      throw new Error(`its id stands for another configuration, or for another version's arithmetic`);
    }
    const found = await data(message, client);
    const files = new TrialFiles(directory);
    files.prepare();
    const needed = kind === 'train' ? 'checkpoint' : 'weights';
    // Also where there is none: before it trains, it is known that what comes of it can be brought back.
    await client.getTrialFile(message.execution, needed, files.path(needed));
    const job = { trial, attempt, seed, alone, config, dataset: found, directory };
    return kind === 'train' ? { kind, ...job, pauseAt } : { kind, ...job };
  };
}

/** The same samples may lie in several files, or be read otherwise: without columns that are left out, those of another table. */
function keyOf({ dataset, config }: JobMessage): string {
  const { fingerprint, labels, files } = dataset;
  const { own } = config.dataset;
  return JSON.stringify([fingerprint, labels, files, own?.path, own?.reading]);
}

async function fetchExact(message: JobMessage, client: TransferClient, places: OwnPlaces): Promise<DatasetSource> {
  const { fingerprint } = message.dataset;
  const found = await fetchData(message, client, places);
  if (found.fingerprint === fingerprint) return found;
  throw new Error(`its ${found.name} is another than this machine's (${found.fingerprint}, not ${fingerprint})`);
}
