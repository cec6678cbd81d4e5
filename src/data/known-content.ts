import { readContent, sha256 } from './content.ts';
import type { CatalogDataset, FileDataset } from './definition.ts';
import { DATASETS } from './datasets/index.ts';

export interface KnownContent {
  readonly dataset: FileDataset;
  readonly role: string;
}

/** Which of the data sets' files this is, by its content; undefined for any other. */
export async function knownContent(
  file: string,
  catalog: readonly CatalogDataset[] = DATASETS,
): Promise<KnownContent | undefined> {
  const { bytes, trouble } = await readContent(file, largestBytes(catalog));
  if (trouble !== undefined) return undefined;
  const hash = sha256(bytes);
  for (const dataset of fileDatasets(catalog)) {
    const found = Object.entries(dataset.files).find(([, one]) => one.sha256 === hash);
    if (found !== undefined) return { dataset, role: found[0] };
  }
  return undefined;
}

/** More than this no file of theirs unpacks to. */
export function largestBytes(catalog: readonly CatalogDataset[] = DATASETS): number {
  return Math.max(...fileDatasets(catalog).flatMap(({ files }) => Object.values(files).map(({ bytes }) => bytes)));
}

function fileDatasets(catalog: readonly CatalogDataset[]): FileDataset[] {
  return catalog.filter((dataset) => dataset.kind === 'files');
}
