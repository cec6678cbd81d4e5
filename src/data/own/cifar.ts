/**
 * CIFAR-10's binary version, a folder of files of 3,073 bytes an image: its class, then 32×32 red, green and blue values
 * (format: www.cs.toronto.edu/~kriz/cifar.html). Its test images stay the test images.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { formatCount } from '../../text/format-number.ts';
import { fileBytes, fileSize } from './file-bytes.ts';
import { imagesAPiece, type ImageStream } from './image-stream.ts';
import { inPieces, WrongLength } from './in-pieces.ts';
import { shapeOfImages } from './shape.ts';
import { unusable } from './unusable.ts';

const SIDE = 32;
const PLANE = SIDE * SIDE;
const RECORD = 1 + 3 * PLANE;
const CLASSES = 10;
const TEST = 'test_batch.bin';
const NAMES = 'batches.meta.txt';

/** What of it lies in a folder, by name: batches in their order, the test batch last. Empty for any other folder. */
export async function cifarFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const batches = names.filter((name) => /^data_batch_\d+\.bin$/.test(name));
  const numberOf = (name: string): number => Number(/\d+/.exec(name)![0]);
  return [
    ...batches.sort((a, b) => numberOf(a) - numberOf(b)),
    ...names.filter((name) => name === TEST),
    ...(batches.length > 0 ? names.filter((name) => name === NAMES) : []),
  ];
}

/** `names`: as cifarFiles found them. @throws SweepError DATA_CORRUPT, DATA_MISSING */
export async function cifarImages(folder: string, names: readonly string[]): Promise<ImageStream> {
  const batches = names.flatMap((name) => /^data_batch_(\d+)\.bin$/.exec(name)?.[1] ?? []).map(Number);
  const gap = batches.findIndex((batch, i) => batch !== i + 1);
  const doubt = `there is data_batch_${batches[gap]}.bin in it, and no data_batch_${gap + 1}.bin: without it these are other data`;
  const files: { readonly file: string; readonly images: number; readonly isTest: boolean }[] = [];
  for (const name of names.filter((one) => one !== NAMES)) {
    const file = path.join(folder, name);
    const bytes = await fileSize(file);
    if (bytes === 0 || bytes % RECORD !== 0) {
      const what = `its ${formatCount(bytes)} bytes are no whole number of images, of ${formatCount(RECORD)} bytes each`;
      throw unusable(file, what, 'Unpack or copy it again');
    }
    files.push({ file, images: bytes / RECORD, isTest: name === TEST });
  }
  const count = (some: typeof files): number => some.reduce((sum, { images }) => sum + images, 0);
  const shape = shapeOfImages(folder, [count(files), SIDE, SIDE, 3]);
  // Test images alone are split like any others.
  const testImages = files.every(({ isTest }) => isTest) ? 0 : count(files.filter(({ isTest }) => isTest));
  async function* records(): AsyncGenerator<Buffer> {
    for (const { file, images } of files) {
      try {
        yield* inPieces(fileBytes(file), imagesAPiece(RECORD) * RECORD, images * RECORD);
      } catch (error) {
        if (!(error instanceof WrongLength)) throw error;
        throw unusable(file, 'it changed while the folder was read', 'Start again');
      }
    }
  }
  return {
    ...shape,
    format: `CIFAR-10's binary files, ${files.length}`,
    passedOver: '',
    ...(gap >= 0 && { doubt }),
    ...(testImages > 0 && { testImages }),
    labels: {
      from: 'the classes in its files',
      async read() {
        const classes = names.includes(NAMES) ? await classNames(path.join(folder, NAMES)) : undefined;
        const labels: string[] = [];
        for await (const piece of records()) {
          for (let at = 0; at < piece.length; at += RECORD) {
            const label = piece[at]!;
            if (label >= CLASSES) {
              const what = `image ${formatCount(labels.length)} (counted from 0) is of class ${label}, and there are 0 to ${CLASSES - 1}`;
              throw unusable(folder, what, 'These are no files of CIFAR-10, or damaged ones: unpack them again');
            }
            labels.push(classes?.[label] ?? String(label));
          }
        }
        return labels;
      },
    },
    async *read() {
      for await (const piece of records()) yield pixelsOf(piece);
    },
  };
}

/** The channels of a pixel together. */
function pixelsOf(records: Buffer): Uint8Array {
  const images = records.length / RECORD;
  const pixels = new Uint8Array(images * 3 * PLANE);
  for (let image = 0; image < images; image++) {
    const from = image * RECORD + 1;
    const to = image * 3 * PLANE;
    for (let pixel = 0; pixel < PLANE; pixel++) {
      for (let c = 0; c < 3; c++) pixels[to + 3 * pixel + c] = records[from + c * PLANE + pixel]!;
    }
  }
  return pixels;
}

/** Undefined where it holds no ten names. */
async function classNames(file: string): Promise<readonly string[] | undefined> {
  const lines = (await readFile(file, 'utf8')).split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.length === CLASSES ? lines.map((line) => line.trim()) : undefined;
}
