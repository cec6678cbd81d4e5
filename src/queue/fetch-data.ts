import { hash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { datasetOf } from '../data/datasets/index.ts';
import { withLabelFiles } from '../data/definition.ts';
import { locateDataset } from '../data/locate.ts';
import { keptImages } from '../data/own/kept-images.ts';
import type { DatasetSource } from '../data/source.ts';
import { userCache } from '../data/user-cache.ts';
import { SweepError } from '../errors.ts';
import type { TransferClient } from '../transfer/transfer-client.ts';
import { withoutLabels, type DatasetSettings, type OwnImages } from '../trial/trial.ts';
import type { JobMessage } from './messages.ts';

/** Files that are missing here, and where they go. */
interface Missing {
  readonly folder: string;
  /** Names by role. Taken from the data set's definition, or without any folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Where the data set is looked for afterwards. */
  readonly dataDir: string | undefined;
}

/** What this machine's user lets agents look at, and no message adds to. */
export interface OwnPlaces {
  /** Where data sets are looked for first. */
  readonly dataDir?: string | undefined;
  /** A user's own images, by the path by which the agent's own command names them. */
  readonly images?: string | undefined;
}

/**
 * A job's data set as it is here, or else as its coordinator has it, which is checked like any download and kept for the
 * next time. @throws SweepError DATA_MISSING where neither has it, DATA_CORRUPT, DATA_CHANGED
 */
export async function fetchData(job: JobMessage, client: TransferClient, places: OwnPlaces): Promise<DatasetSource> {
  const source = await findOrFetch(job, client, places);
  // Before its devices look: else each would make the file. What keeps it from being made, they meet again.
  await keptImages(job.config.dataset, source);
  return source;
}

async function findOrFetch(job: JobMessage, client: TransferClient, places: OwnPlaces): Promise<DatasetSource> {
  try {
    return await locate(job, places);
  } catch (error) {
    if (!(error instanceof SweepError) || error.code !== 'DATA_MISSING') throw error;
    const missing = job.config.dataset.own === undefined ? filesOf(job, places.dataDir) : imagesOf(job);
    if (missing === undefined) throw error;
    const locateFetched = (): Promise<DatasetSource> => locate(job, { dataDir: missing.dataDir });
    const targets = Object.entries(missing.files).map(
      ([role, name]) => [role, path.join(missing.folder, name)] as const,
    );
    // By an earlier job.
    if (missing.dataDir !== places.dataDir && existsSync(missing.folder)) {
      const found = await locateFetched().catch(() => undefined);
      if (found !== undefined) return found;
    }
    for (const [role, target] of targets) {
      if (!(await client.getDataFile(job.dataset.fingerprint, role, target))) throw error;
    }
    try {
      return await locateFetched();
    } catch (damaged) {
      for (const [, target] of targets) rmSync(target, { force: true });
      throw damaged;
    }
  }
}

/** Only in places of this machine's user: of the path in a message no more than its last part is used. */
async function locate({ config, dataset }: JobMessage, { dataDir, images }: OwnPlaces): Promise<DatasetSource> {
  const settings = settingsOf(config.dataset, dataset);
  const { own } = settings;
  if (own === undefined || own.path === images) return locateDataset(settings, { dataDir, download: false });
  const name = fileNameOf(own);
  if (dataDir === undefined || name === undefined) {
    const message = `The images of ${config.dataset.name} are not on this machine. Put them into a folder there, and name that with --data DIR.`;
    throw new SweepError('DATA_MISSING', message);
  }
  const here = { ...own, path: path.resolve(dataDir, name) };
  return locateDataset({ ...settings, own: here }, { download: false });
}

/** With the labels that some trial of the sweep is told, though this one may not be. */
function settingsOf(settings: DatasetSettings, { labels }: JobMessage['dataset']): DatasetSettings {
  return { ...withoutLabels(settings), ...(labels && { labels }) };
}

/** Undefined where it is none, but a folder above. */
function fileNameOf({ path: given }: OwnImages): string | undefined {
  const name = path.basename(given);
  return name === '' || /^\.+$/.test(name) ? undefined : name;
}

/** Of a data set with a definition: into the cache, under the names that it has on the web. */
function filesOf({ config, dataset }: JobMessage, dataDir: string | undefined): Missing | undefined {
  const { name: ofDataset } = config.dataset;
  const definition = datasetOf(ofDataset);
  if (definition.kind !== 'files') return undefined;
  const files: Record<string, string> = {};
  const wanted = withLabelFiles(definition, dataset.labels);
  for (const [role, { name }] of Object.entries(wanted.files)) {
    const given = Object.hasOwn(dataset.files, role) ? dataset.files[role] : undefined;
    if (given !== name && given !== `${name}.gz`) return undefined;
    files[role] = given;
  }
  return { folder: path.join(userCache(), ofDataset), files, dataDir };
}

/** Of a user's own images that lie in one file, and of labels in another beside it. Files that are read otherwise may hold the same, so they lie apart. */
function imagesOf({ config, dataset }: JobMessage): Missing | undefined {
  const own = config.dataset.own!;
  const name = fileNameOf(own);
  if (name === undefined) return undefined;
  const read = own.reading && `-${hash('sha256', JSON.stringify(own.reading)).slice(0, 12)}`;
  const folder = path.join(userCache(), 'fetched', `${dataset.fingerprint}${read ?? ''}`);
  const beside = Object.hasOwn(dataset.files, 'labels') ? dataset.files['labels'] : undefined;
  return { folder, files: { images: name, ...(beside !== undefined && { labels: beside }) }, dataDir: folder };
}
