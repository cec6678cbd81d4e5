import type { OwnReading } from '../../trial/trial.ts';
import { openImages } from './open-images.ts';

/** Some of the images at a path, evenly spaced from the first on, one after another. @throws SweepError DATA_MISSING, DATA_CORRUPT */
export async function sampleImages(
  place: string,
  most: number,
  reading?: OwnReading,
): Promise<{ count: number; bytes: Uint8Array }> {
  const stream = await openImages(place, reading);
  const { images, height, width, channels } = stream;
  const size = height * width * channels;
  const count = Math.min(most, images);
  const bytes = new Uint8Array(count * size);
  let [first, taken] = [0, 0];
  for await (const piece of stream.read()) {
    const after = first + piece.length / size;
    for (; taken < count; taken++) {
      const index = Math.floor((taken * images) / count);
      if (index >= after) break;
      bytes.set(piece.subarray((index - first) * size, (index - first + 1) * size), taken * size);
    }
    if (taken === count) break;
    first = after;
  }
  return { count, bytes };
}
