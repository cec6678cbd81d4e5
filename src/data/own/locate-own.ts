import path from 'node:path';
import { SweepError } from '../../errors.ts';
import type { DatasetSettings, OwnImages } from '../../trial/trial.ts';
import { sampleNoun } from '../../text/sample-noun.ts';
import { entryAt } from '../refusal.ts';
import type { DatasetSource } from '../source.ts';
import { idxLabelFile } from './idx-labels.ts';
import { changedLabels } from './labels.ts';
import { isModule, noteUse } from './sampled-module.ts';
import { changed, examineImages, type ExamineOptions } from './examine.ts';

/**
 * Finds the images that a sweep was planned with: where they were, or under the same name in `dataDir`. What lies there must
 * be the same images, in whatever format, and have the same labels where models are told them. @throws SweepError DATA_MISSING, DATA_CHANGED, DATA_CORRUPT
 */
export async function locateOwn(
  { name, own, labels }: Pick<DatasetSettings, 'name' | 'labels'> & { readonly own: OwnImages },
  { dataDir, cacheDir }: Pick<ExamineOptions, 'cacheDir'> & { readonly dataDir?: string | undefined },
): Promise<DatasetSource> {
  const places = [own.path, ...(dataDir === undefined ? [] : [path.resolve(dataDir, path.basename(own.path))])];
  let refusal: SweepError | undefined;
  for (const place of places) {
    if ((await entryAt(place)) === 'nothing') continue;
    if (isModule(name)) noteUse(place);
    const found = await examineImages(place, { cacheDir, reading: own.reading });
    if (found.fingerprint === own.fingerprint) {
      if (labels === undefined) return { name, files: { images: place }, fingerprint: own.fingerprint };
      if (found.labels?.fingerprint !== labels.fingerprint) throw changedLabels(place);
      const beside = idxLabelFile(place);
      const files = { images: place, ...(beside !== undefined && { labels: beside }) };
      return { name, files, fingerprint: own.fingerprint, labels };
    }
    refusal ??= changed(place, own, found);
  }
  throw (
    refusal ??
    new SweepError(
      'DATA_MISSING',
      `The ${sampleNoun(own)}s of ${name} are not here any more. Looked for:\n${places.map((place) => `  ${place}\n`).join('')}` +
        (isModule(name)
          ? `They came from ${name}: a plan of its spec (\`sweep plan\`) runs it again.`
          : `Put them back, or put them into a folder as DIR/${path.basename(own.path)}, and pass --data DIR.`),
    )
  );
}
