import { sampleNoun } from '../text/sample-noun.ts';
import { binarize, evaluationBits, trainingBits } from '../data/binarize.ts';
import { readImages, splitIndices } from '../data/dataset.ts';
import { definitionOf } from '../data/definition-of.ts';
import { labelsOf } from '../data/labels.ts';
import { locateDataset } from '../data/locate.ts';
import type { Values } from '../data/source.ts';
import { SweepError } from '../errors.ts';
import { imageSize, type ModelShape } from '../model/architecture.ts';
import { count } from '../text/format-number.ts';
import type { DatasetSettings } from '../trial/trial.ts';
import { checkFit } from './check-fit.ts';
import { labelOf, type DatasetSplit, type Samples } from './samples.ts';

/**
 * Images or rows of a data set, of a split or of all, binarised as that split is evaluated.
 * @throws SweepError DATA_*; USAGE for a split that has none, or samples that the model doesn't take
 */
export async function datasetSamples(
  shape: ModelShape,
  settings: DatasetSettings,
  split: DatasetSplit | undefined,
  dataDir: string | undefined,
): Promise<Samples> {
  const definition = definitionOf(settings);
  checkFit(settings.name, definition, shape);
  const source = await locateDataset(settings, { dataDir, download: false });
  const read = await readImages(settings, source);
  const { take, order } = read;
  const indices =
    split === undefined
      ? Int32Array.from({ length: definition.images }, (_, i) => i)
      : splitIndices(definition, settings, order)[split];
  if (indices.length === 0) {
    throw new SweepError(
      'USAGE',
      `--split ${split}: the trial held out no ${sampleNoun(shape)}s of ${settings.name} for it.`,
    );
  }
  const { binarization } = settings;
  const isDrawn = binarization === 'static' || binarization === 'dynamic';
  const key = split === undefined || split === 'train' ? trainingBits(binarization, 0, 1) : evaluationBits(split);
  const { paths } = read;
  const pathOf = paths && ((sample: number): string => paths[indices[sample]!]!);
  return {
    what: `${count(indices.length, `${split === undefined ? '' : `${split} `}${sampleNoun(shape)}`)} of ${settings.name}`,
    count: indices.length,
    indexOf: (sample) => indices[sample]!,
    pathOf,
    labelOf: labelOf(await labelsOf(definition, read, source, indices)),
    *read(piece) {
      // Bits are drawn for a split as a whole.
      const taken = (some: Int32Array): Values => {
        const images = take(some);
        return images instanceof Float32Array ? images : binarize(images, binarization, key);
      };
      const whole = isDrawn ? taken(indices) : undefined;
      const size = imageSize(shape);
      for (let at = 0; at < indices.length; at += piece) {
        yield whole?.subarray(at * size, (at + piece) * size) ?? taken(indices.subarray(at, at + piece));
      }
    },
  };
}
