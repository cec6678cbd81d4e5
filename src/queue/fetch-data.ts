import { rmSync } from 'node:fs';
import path from 'node:path';
import { datasetOf } from '../data/datasets/index.ts';
import { locateDataset } from '../data/locate.ts';
import type { DatasetSource } from '../data/source.ts';
import { userCache } from '../data/user-cache.ts';
import { SweepError } from '../errors.ts';
import type { TransferClient } from '../transfer/transfer-client.ts';
import type { JobMessage } from './messages.ts';

/** Files that are missing here, and where they go. */
interface Missing {
  readonly folder: string;
  /** Names by role. Taken from the data set's definition, or without any folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Where the data set is looked for afterwards. */
  readonly dataDir: string | undefined;
}

/**
 * A job's data set as it is here, or else as its coordinator has it, which is checked like any download and kept for the
 * next time. @throws SweepError DATA_MISSING where neither has it, DATA_CORRUPT, DATA_CHANGED
 */
export async function fetchData(
  job: JobMessage,
  client: TransferClient,
  dataDir: string | undefined,
): Promise<DatasetSource> {
  const locate = (place: string | undefined): Promise<DatasetSource> =>
    locateDataset(job.config.dataset, { dataDir: place, download: false });
  try {
    return await locate(dataDir);
  } catch (error) {
    if (!(error instanceof SweepError) || error.code !== 'DATA_MISSING') throw error;
    const missing = job.config.dataset.own === undefined ? filesOf(job, dataDir) : imagesOf(job);
    if (missing === undefined) throw error;
    const targets = Object.entries(missing.files).map(
      ([role, name]) => [role, path.join(missing.folder, name)] as const,
    );
    for (const [role, target] of targets) {
      if (!(await client.getDataFile(job.dataset.fingerprint, role, target))) throw error;
    }
    try {
      return await locate(missing.dataDir);
    } catch (damaged) {
      for (const [, target] of targets) rmSync(target, { force: true });
      throw damaged;
    }
  }
}

/** Of a data set with a definition: into the cache, under the names that it has on the web. */
function filesOf({ config, dataset }: JobMessage, dataDir: string | undefined): Missing | undefined {
  const { name: ofDataset } = config.dataset;
  const definition = datasetOf(ofDataset);
  if (definition.kind !== 'files') return undefined;
  const files: Record<string, string> = {};
  for (const [role, { name }] of Object.entries(definition.files)) {
    const given = Object.hasOwn(dataset.files, role) ? dataset.files[role] : undefined;
    if (given !== name && given !== `${name}.gz`) return undefined;
    files[role] = given;
  }
  return { folder: path.join(userCache(), ofDataset), files, dataDir };
}

/** Of a user's own images that lie in one file. */
function imagesOf({ config, dataset }: JobMessage): Missing | undefined {
  const name = path.basename(config.dataset.own!.path);
  if (name === '' || /^\.+$/.test(name)) return undefined;
  const folder = path.join(userCache(), 'fetched', dataset.fingerprint);
  return { folder, files: { images: name }, dataDir: folder };
}
