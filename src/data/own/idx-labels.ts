import path from 'node:path';
import { existsSync } from 'node:fs';
import { readContent } from '../content.ts';
import { idxDimensions } from '../idx.ts';
import type { StreamLabels } from './labels.ts';
import { unusable } from './unusable.ts';

const HEADER_BYTES = 8;

/**
 * The file of labels beside a file of images, as MNIST's are called: `train-labels-idx1-ubyte` beside
 * `train-images-idx3-ubyte`, either of them packed or not. Undefined where there is none.
 */
export function idxLabelFile(images: string): string | undefined {
  const name = path.basename(images);
  const wanted = name
    .replace('images', 'labels')
    .replace(/idx[34]/, 'idx1')
    .replace(/\.gz$/, '');
  if (!name.includes('images')) return undefined;
  return [wanted, `${wanted}.gz`].map((one) => path.join(path.dirname(images), one)).find((one) => existsSync(one));
}

/** Those for so many images, or why a file of labels is passed over; both undefined where there is no such file. */
export async function idxLabels(
  imageFile: string,
  images: number,
): Promise<{ readonly labels?: StreamLabels; readonly passedOver?: string }> {
  const file = idxLabelFile(imageFile);
  if (file === undefined) return {};
  const name = path.basename(file);
  // No more than it should hold, whatever is packed there.
  const read = async (): Promise<Buffer> => (await readContent(file, HEADER_BYTES + images)).bytes;
  const dimensions = idxDimensions(await read());
  if (dimensions?.length !== 1) return { passedOver: `${name}, which is no IDX file of labels` };
  if (dimensions[0] !== images) return { passedOver: `${name}, which has another number of labels` };
  return {
    labels: {
      from: name,
      async read() {
        const bytes = await read();
        if (bytes.length !== HEADER_BYTES + images) {
          throw unusable(file, 'it holds another number of labels than its header says', 'Save or copy it again');
        }
        return Array.from(bytes.subarray(HEADER_BYTES), String);
      },
    },
  };
}
