import { imageSize } from '../../model/architecture.ts';
import { joinTiles, toTiles } from '../../training/png.ts';
import { encodeImages } from '../latents.ts';
import type { TrialPanel } from '../panel.ts';

const SHOWN = 24;

/** The error of an image is the mean square of its pixels' differences, whatever the likelihood. */
export const worst: TrialPanel = {
  kind: 'rows',
  name: 'worst',
  title: (images) => `the ${images} images that are reconstructed worst`,
  most: 8,
  describe: (_, images) =>
    `Of the ${images} images those whose reconstruction from the posterior mean is furthest off by mean squared pixel error, ` +
    'the worst first: the image above, its reconstruction below.',
  async draw({ source, across, heldOut }) {
    const { model } = source;
    const { images, labels = [] } = await heldOut();
    const size = imageSize(model);
    const trained = await source.trained();
    const scored = (await encodeImages(source, images, labels)).map((mean, index) => {
      const image = Float32Array.from(images.subarray(index * size, (index + 1) * size), (byte) => byte / 255);
      const decoded = trained.decode(mean, [labels[index] ?? 0]);
      return { image, decoded, error: meanSquare(image, decoded) };
    });
    const found = scored.toSorted((a, b) => b.error - a.error).slice(0, SHOWN);
    return Array.from({ length: Math.ceil(found.length / across) }, (_, row) => {
      const shown = found.slice(row * across, (row + 1) * across);
      const [first, last] = [shown[0]!, shown.at(-1)!];
      const rowOf = (what: 'image' | 'decoded') =>
        toTiles(Float32Array.from(shown.flatMap((one) => [...one[what]])), shown.length, model);
      return {
        label: [`${row * across + 1} to ${row * across + shown.length}`],
        tiles: joinTiles([rowOf('image'), rowOf('decoded')]),
        columns: shown.length,
        note: `squared error ${first.error.toFixed(4)} to ${last.error.toFixed(4)}`,
      };
    });
  },
};

function meanSquare(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length;
}
