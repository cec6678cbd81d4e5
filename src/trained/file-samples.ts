/** Samples of a user's own: images in a stream, or rows of numbers. */
import path from 'node:path';
import { binarize } from '../data/binarize.ts';
import { labelsOfAll } from '../data/labels.ts';
import type { ImageStream } from '../data/own/image-stream.ts';
import { farValue } from '../data/own/tables/far-values.ts';
import { standardized } from '../data/own/tables/standardize.ts';
import type { VectorStream } from '../data/own/tables/vector-stream.ts';
import type { Values } from '../data/source.ts';
import { SweepError } from '../errors.ts';
import { imageSize, type ModelShape } from '../model/architecture.ts';
import type { StreamKey } from '../random.ts';
import { count } from '../text/format-number.ts';
import { plain } from '../text/printable.ts';
import { EVALUATION_BATCH } from '../training/evaluate.ts';
import type { DatasetSettings } from '../trial/trial.ts';
import { checkFit } from './check-fit.ts';
import { labelOf, type SampleRequest, type Samples } from './samples.ts';

/** @throws SweepError USAGE for images that the model doesn't take */
export async function imageSamples(
  shape: ModelShape,
  place: string,
  stream: ImageStream,
  binarization: DatasetSettings['binarization'],
): Promise<Samples> {
  const name = path.basename(place);
  checkFit(place, stream, shape);
  const { paths } = stream;
  const pathOf = paths && ((sample: number): string => paths[sample]!);
  return {
    what: `${count(stream.images, 'image')} of ${name}`,
    count: stream.images,
    indexOf: (sample) => sample,
    pathOf,
    labelOf: labelOf(stream.labels && (await labelsOfAll(stream.labels))),
    async *read(piece) {
      let first = 0;
      for await (const images of inBatches(
        stream.read(),
        piece * imageSize(shape),
        (length) => new Uint8Array(length),
      )) {
        yield binarize(images, binarization, givenBits(first));
        first += piece;
      }
    },
  };
}

/** Standardised as the rows of the trial were. @throws SweepError USAGE where columns are others in number or by name */
export async function rowSamples(
  { shape, columns }: SampleRequest,
  place: string,
  stream: VectorStream,
): Promise<Samples> {
  const found = { height: 1, width: stream.columns, channels: 1 };
  if (columns === undefined || found.width !== columns.means.length) {
    const wanted =
      columns === undefined ? `images of ${shape.height}×${shape.width}` : count(columns.means.length, 'column');
    throw new SweepError(
      'USAGE',
      `--data ${place}: its rows have ${count(found.width, 'column')}, and the trial trained on ${wanted}.`,
    );
  }
  checkNames(place, stream.names, columns.names);
  return {
    what: `${count(stream.rows, 'row')} of ${path.basename(place)}`,
    count: stream.rows,
    indexOf: (sample) => sample,
    pathOf: undefined,
    labelOf: labelOf(stream.labels && (await labelsOfAll(stream.labels))),
    async *read(piece) {
      const numbers = async function* (): AsyncGenerator<Float32Array> {
        let first = 0;
        for await (const rows of stream.read()) {
          farValue(place, rows, columns, first);
          yield standardized(rows, columns);
          first += rows.length / columns.means.length;
        }
      };
      yield* inBatches(numbers(), piece * found.width, (length) => new Float32Array(length));
    },
  };
}

/** Rows are matched by position: where both sides have names, these must agree. */
function checkNames(place: string, found: readonly string[] = [], wanted: readonly string[] = []): void {
  if (found.length === 0 || wanted.length === 0) return;
  const at = wanted.findIndex((name, column) => found[column] !== name);
  if (at < 0) return;
  throw new SweepError(
    'USAGE',
    `--data ${place}: its column ${at + 1} is ${quoted(found[at]!)}, and the trial trained on ${quoted(wanted[at]!)} there. ` +
      'Bring the columns to the same names and order.',
  );
}

function quoted(name: string): string {
  return `\`${plain(name)}\``;
}

/** Of images that no evaluation has drawn bits for. */
function givenBits(first: number): StreamKey {
  return ['bits', 'given', first / EVALUATION_BATCH];
}

/** The same values in pieces of this many, the last of what is left. */
async function* inBatches<Some extends Values>(
  stream: AsyncIterable<Some>,
  bytes: number,
  memory: (length: number) => Some,
): AsyncGenerator<Some> {
  let piece = memory(bytes);
  let filled = 0;
  for await (const chunk of stream) {
    for (let from = 0; from < chunk.length;) {
      const taken = chunk.subarray(from, from + bytes - filled);
      piece.set(taken, filled);
      filled += taken.length;
      from += taken.length;
      if (filled < bytes) continue;
      yield piece;
      piece = memory(bytes);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled) as Some;
}
