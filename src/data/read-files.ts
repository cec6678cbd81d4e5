import { SweepError } from '../errors.ts';
import { readContent, sha256 } from './content.ts';
import { describeRole, type CatalogDataset, type FileDataset } from './definition.ts';
import { wrongContent } from './wrong-content.ts';

/**
 * Reads all files of a data set, which must hold what the publisher's do; `paths` names one for each role.
 * @throws SweepError DATA_MISSING or DATA_CORRUPT
 */
export async function readFiles(
  dataset: FileDataset,
  paths: Readonly<Record<string, string>>,
  catalog: readonly CatalogDataset[] | undefined,
): Promise<Record<string, Buffer<ArrayBuffer>>> {
  const read = async (role: string): Promise<[string, Buffer<ArrayBuffer>]> => {
    const file = paths[role];
    if (file === undefined)
      throw new SweepError('DATA_MISSING', `No file is given for ${describeRole(dataset, role)}.`);
    const { bytes } = await readContent(file, dataset.files[role]!.bytes);
    if (sha256(bytes) !== dataset.files[role]!.sha256) throw await wrongContent(dataset, role, paths, catalog);
    return [role, bytes];
  };
  const contents = await Promise.allSettled(Object.keys(dataset.files).map(read));
  return Object.fromEntries(
    contents.map((content) => {
      if (content.status === 'rejected') throw content.reason;
      return content.value;
    }),
  );
}
