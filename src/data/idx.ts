import type { DataFile, FileDataset } from './definition.ts';
import { idxClasses } from './idx-classes.ts';

interface IdxFile extends Pick<DataFile, 'name' | 'sha256' | 'gzip'> {
  readonly images: number;
}

type IdxFacts = Pick<
  FileDataset,
  'name' | 'description' | 'aliases' | 'otherThings' | 'height' | 'width' | 'isBinary' | 'splits' | 'mirrors'
> & {
  readonly files: { readonly 'train-images': IdxFile; readonly 'test-images': IdxFile };
  /** A byte an image, an index of `names`. */
  readonly labels?: {
    readonly names: readonly string[];
    readonly files: { readonly 'train-labels': IdxFile; readonly 'test-labels': IdxFile };
  };
};

/** Grey images in two files, those for training and the test set, in the format of MNIST: a header of 16 bytes, a byte a pixel. */
export function idxDataset({ files, labels, ...facts }: IdxFacts): FileDataset {
  const { height, width } = facts;
  const pixels = height * width;
  const training = files['train-images'].images;
  const fileOf = (
    { images, ...file }: IdxFile,
    holds: string,
    shape: readonly number[] = [height, width],
  ): DataFile => {
    const header = idxHeader([images, ...shape]);
    return { ...file, holds, header, bytes: header.length + shape.reduce((size, side) => size * side, images) };
  };
  return {
    ...facts,
    kind: 'files',
    channels: 1,
    images: training + files['test-images'].images,
    hasTestSet: true,
    files: {
      'train-images': fileOf(files['train-images'], 'training images'),
      'test-images': fileOf(files['test-images'], 'test images'),
    },
    ...(labels && {
      classes: idxClasses({ names: labels.names, files: Object.values(labels.files) }),
      labelFiles: {
        'train-labels': fileOf(labels.files['train-labels'], 'training labels', []),
        'test-labels': fileOf(labels.files['test-labels'], 'test labels', []),
      },
    }),
    read(contents) {
      const [train, test] = [contents['train-images']!.subarray(16), contents['test-images']!.subarray(16)];
      return (indices) => {
        const taken = new Uint8Array(indices.length * pixels);
        indices.forEach((index, i) => {
          const [from, place] = index < training ? [train, index] : [test, index - training];
          taken.set(from.subarray(place * pixels, (place + 1) * pixels), i * pixels);
        });
        return taken;
      };
    },
  };
}

/** The header of an IDX file of unsigned bytes (format: yann.lecun.com/exdb/mnist). */
function idxHeader(dimensions: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header[2] = 0x08;
  header[3] = dimensions.length;
  for (const [axis, size] of dimensions.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return header;
}

/** The sizes in such a header; undefined for anything else, and where the header is cut. */
export function idxDimensions(bytes: Buffer): number[] | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0 || bytes[2] !== 0x08) return undefined;
  const count = bytes[3]!;
  if (count === 0 || bytes.length < 4 + 4 * count) return undefined;
  return Array.from({ length: count }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
}
