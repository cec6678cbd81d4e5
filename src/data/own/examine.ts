import { sampleNoun } from '../../text/sample-noun.ts';
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import { SweepError } from '../../errors.ts';
import { count } from '../../text/format-number.ts';
import type { OwnImages, OwnReading } from '../../trial/trial.ts';
import { entryAt, refused } from '../refusal.ts';
import { userCache } from '../user-cache.ts';
import { cifarFiles } from './cifar.ts';
import { rememberedFacts, rememberFacts } from './cache.ts';
import { scanContent, type Content } from './content-scan.ts';
import { idxLabelFile } from './idx-labels.ts';
import type { ImageStream } from './image-stream.ts';
import { checkNamedLabels, countLabels, type LabelCounts } from './labels.ts';
import { openOwn } from './open-images.ts';
import { farValue } from './tables/far-values.ts';
import { darkImages, TableKind } from './likely-meant.ts';
import { columnsOf } from './tables/standardize.ts';
import { scanVectors } from './tables/scan-vectors.ts';
import { isVectors, type VectorStream } from './tables/vector-stream.ts';
import { filesOfFolder } from './pictures/picture-folder.ts';
import { FEWEST_DIFFERENT, splitByContent } from './split-by-content.ts';
import { unusable } from './unusable.ts';

/** All that there is to know of a user's own images. */
export interface ImageFacts extends Omit<OwnImages, 'path'>, Pick<ImageStream, 'format' | 'passedOver'> {
  /** How many images differ from all others before them. */
  readonly different: number;
  /** The least and the largest value there is; of images from 0 to 255. */
  readonly least: number;
  readonly largest: number;
  /** What of the files may be meant otherwise than it was read, sentences without their full stops. */
  readonly doubts: readonly string[];
  /** What they are; null where nothing says. */
  readonly labels: LabelCounts | null;
}

export interface ExamineOptions {
  /** Where facts are kept; by default the user's cache folder. */
  readonly cacheDir?: string | undefined;
  /** What is made of what lies there. */
  readonly reading?: OwnReading | undefined;
}

/**
 * Reads the images at a path, an absolute one, once: what is known of them is kept, and believed for as long as the files
 * there have the same sizes, times and inodes. @throws SweepError DATA_MISSING, DATA_CORRUPT
 */
export async function examineImages(
  place: string,
  { cacheDir = userCache(), reading }: ExamineOptions = {},
): Promise<ImageFacts> {
  const files = await stateOf(place);
  const state = reading === undefined ? files : `${files} ${JSON.stringify(reading)}`;
  const remembered = await rememberedFacts(cacheDir, place, state);
  if (remembered !== undefined) return remembered;
  const stream = await openOwn(place, reading);
  const found = isVectors(stream) ? await factsOfVectors(place, stream) : await factsOfImages(place, stream);
  const labels = await countLabels(stream.labels);
  if (reading?.label !== undefined && labels !== null) checkNamedLabels(place, labels, found.images);
  const facts = { ...found, labels };
  if ((await stateOf(place)) !== files) {
    throw unusable(place, 'it changed while it was read', 'Start again once nothing writes there');
  }
  await rememberFacts(cacheDir, place, state, facts);
  return facts;
}

async function factsOfImages(place: string, stream: ImageStream): Promise<Omit<ImageFacts, 'labels'>> {
  const facts = factsOf(place, stream, await scanContent(stream));
  return { ...facts, doubts: [stream.doubt, darkImages(facts)].filter((one) => one !== undefined) };
}

async function factsOfVectors(place: string, stream: VectorStream): Promise<Omit<ImageFacts, 'labels'>> {
  const { rows, columns, names, doubt } = stream;
  // As they will lie in memory where they train.
  const values = new Float64Array(stream.isCounts ? 0 : rows * columns);
  const kind = new TableKind(columns);
  const content = await scanVectors(stream, (piece, first) => {
    if (!stream.isCounts) values.set(piece, first * columns);
    kind.look(piece, first);
  });
  const facts = factsOf(place, asImages(stream), content);
  const { order, splits } = splitByContent(content.digests);
  const training = order.subarray(splits.test, splits.test + splits.train);
  const far = stream.isCounts
    ? undefined
    : farValue(place, values, { ...columnsOf(values, columns, training), ...(names && { names }) });
  const doubts = [doubt, far, kind.countedColumn(rows, names), stream.isCounts ? undefined : kind.flattened(content)];
  return { ...facts, doubts: doubts.filter((one) => one !== undefined) };
}

/** As a configuration has rows of numbers. */
function asImages({ rows, columns, isCounts, format, passedOver }: VectorStream): Described {
  const kind = { isReal: true as const, ...(isCounts && { isCounts }) };
  return { images: rows, height: 1, width: columns, channels: 1, ...kind, format, passedOver };
}

type Described = Omit<ImageStream, 'read' | 'labels'> & Pick<OwnImages, 'isReal' | 'isCounts'>;

function factsOf(
  place: string,
  stream: Described,
  { digests, ...content }: Content,
): Omit<ImageFacts, 'labels' | 'doubts'> {
  const { images, height, width, channels, format, passedOver } = stream;
  const { fingerprint, least, largest, isBinary } = content;
  if (largest === 1 && !stream.isReal) {
    const fix = 'If 1 is white, save them as np.save(FILE, x.astype(bool)), or multiply them by 255';
    throw unusable(place, 'its values are 0 and 1, which is black, where 255 is white', fix);
  }
  try {
    const { splits, different } = splitByContent(digests, stream.testImages);
    const hasTestSet = stream.testImages !== undefined && { hasTestSet: true as const };
    const shape = { images, height, width, channels };
    const kind = {
      ...(stream.isReal && { isReal: stream.isReal }),
      ...(stream.isCounts && { isCounts: stream.isCounts }),
    };
    const facts = { fingerprint, ...shape, splits, ...hasTestSet, isBinary, ...kind };
    return { ...facts, format, passedOver, different, least, largest };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const what = `there ${images === 1 ? 'is' : 'are'} ${count(images, sampleNoun(stream))} in it, fewer than ${FEWEST_DIFFERENT} of them different`;
    throw unusable(place, what, 'Training, validation and test take one each at least');
  }
}

/** Another one where any file there was written, exchanged, added or taken away. */
async function stateOf(place: string): Promise<string> {
  const state = createHash('sha256');
  const add = (file: string, name: string): void => {
    // Of many files, by far faster than one promise each.
    const { size, mtimeNs, ctimeNs, ino, dev } = statSync(file, { bigint: true });
    state.update(`${JSON.stringify(name)} ${size} ${mtimeNs} ${ctimeNs} ${ino} ${dev}\n`);
  };
  const isFolder = (await entryAt(place)) === 'folder';
  const batches = isFolder ? await cifarFiles(place) : [''];
  const { pictures, others } = batches.length > 0 ? { pictures: batches, others: 0 } : await filesOfFolder(place);
  state.update(`${others} others\n`);
  const beside = isFolder ? undefined : idxLabelFile(place);
  const files = pictures.map((name) => [path.join(place, name), name] as const);
  for (const [file, name] of [...files, ...(beside === undefined ? [] : [[beside, 'labels'] as const])]) {
    try {
      add(file, name);
    } catch (error) {
      throw await refused(file, error);
    }
  }
  return state.digest('hex');
}

/** What a configuration keeps of them. */
export function ownImages(place: string, facts: ImageFacts, reading?: OwnReading): OwnImages {
  const { fingerprint, images, height, width, channels, splits, hasTestSet, isReal, isCounts, isBinary } = facts;
  const found = { path: place, fingerprint, images, height, width, channels, splits, isBinary };
  return {
    ...found,
    ...(hasTestSet && { hasTestSet }),
    ...(isReal && { isReal }),
    ...(isCounts && { isCounts }),
    ...(reading !== undefined && { reading }),
  };
}

/** The error for images that are others than when the sweep was planned. */
export function changed(
  place: string,
  planned: OwnImages,
  found: Pick<ImageFacts, 'fingerprint' | 'images'>,
): SweepError {
  const noun = sampleNoun(planned);
  const of = ({ fingerprint, images }: typeof found): string =>
    `${count(images, noun)}, fingerprint ${fingerprint.slice(0, 12)}`;
  return new SweepError(
    'DATA_CHANGED',
    `${place} has changed since the sweep was planned: it held ${of(planned)}, and holds ${of(found)} now. Put back what it ` +
      `held, or start the sweep anew: \`sweep run\` plans it with the new ${noun}s, and keeps the old results apart.`,
  );
}
