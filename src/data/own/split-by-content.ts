import { DIGEST_BYTES } from './content-scan.ts';

export interface ContentSplit {
  /** Indices of all images that are split: test, then training, then validation ones. */
  readonly order: Int32Array;
  readonly splits: { readonly train: number; readonly validation: number; readonly test: number };
  /** How many images differ from all others before them. */
  readonly different: number;
}

/** One in so many images is held out for validation, and as many for the test. */
const HELD_OUT = 10;
/** Each split has one of its own. */
export const FEWEST_DIFFERENT = 3;

/**
 * Splits images by the hash of each: equal ones, wherever they stand, are in the same split. About a tenth are test images
 * and a tenth validation images; the rest trains. The order within a split is that of the hashes, a random one, so that the
 * first of a split are a fair sample of it.
 *
 * Equal images are dealt together, those of more than two shares only after all others: else the test might be made of
 * the half of a data set that is blank.
 *
 * Where the last `testImages` are a test set of their own they stay that, and the others are split in two: without any test
 * images in `order`.
 *
 * Another rule would be another training under the same id: it raises NUMERICS_VERSION.
 * @throws RangeError where fewer than FEWEST_DIFFERENT differ, or two where the test set is given
 */
export function splitByContent(digests: Buffer, testImages?: number): ContentSplit {
  const images = digests.length / DIGEST_BYTES - (testImages ?? 0);
  const fewest = testImages === undefined ? FEWEST_DIFFERENT : FEWEST_DIFFERENT - 1;
  const share = Math.max(1, Math.floor(images / HELD_OUT));
  const { sorted, starts } = groups(digests, images);
  const different = starts.length - 1;
  if (different < fewest) throw new RangeError(`${different} different images are too few to split`);
  const sizeOf = (group: number): number => starts[group + 1]! - starts[group]!;
  const all = Int32Array.from({ length: different }, (_, group) => group);
  const isLarge = (group: number): boolean => sizeOf(group) > 2 * share;
  const dealt = [...all.filter((group) => !isLarge(group)), ...all.filter(isLarge)];

  const order = new Int32Array(images);
  let [next, filled] = [0, 0];
  /** Up to so many images, more only to keep equal ones together; one group at least is left for each split after it. */
  const deal = (most: number, splitsAfter: number): number => {
    const first = filled;
    while (filled - first < most && next < different - splitsAfter) {
      const group = dealt[next++]!;
      order.set(sorted.subarray(starts[group], starts[group + 1]), filled);
      filled += sizeOf(group);
    }
    return filled - first;
  };
  const test = testImages === undefined ? deal(share, 2) : 0;
  const validation = deal(share, 1);
  const train = deal(images, 0);
  const training = order.slice(test + validation);
  order.copyWithin(images - validation, test, test + validation);
  order.set(training, test);
  if (testImages === undefined) return { order, splits: { train, validation, test }, different };
  const differentInAll = groups(digests, images + testImages).starts.length - 1;
  return { order, splits: { train, validation, test: testImages }, different: differentInAll };
}

/** Images in the order of their hashes, and where each different one begins; at last their number. */
function groups(digests: Buffer, images: number): { readonly sorted: Int32Array; readonly starts: Int32Array } {
  // Six bytes tell nearly all apart, and compare as numbers.
  const heads = Float64Array.from({ length: images }, (_, i) => digests.readUIntBE(DIGEST_BYTES * i, 6));
  const compare = (a: number, b: number): number =>
    heads[a]! - heads[b]! ||
    digests.compare(digests, DIGEST_BYTES * b, DIGEST_BYTES * (b + 1), DIGEST_BYTES * a, DIGEST_BYTES * (a + 1));
  const sorted = Int32Array.from({ length: images }, (_, i) => i).sort((a, b) => compare(a, b) || a - b);
  const starts = sorted.map((_, i) => i).filter((i) => i === 0 || compare(sorted[i - 1]!, sorted[i]!) !== 0);
  const all = new Int32Array(starts.length + 1);
  all.set(starts);
  all[starts.length] = images;
  return { sorted, starts: all };
}
