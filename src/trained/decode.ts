import { bytesOf, type NpyArray } from '../data/npz-writer.ts';
import { restored } from '../data/own/tables/standardize.ts';
import { SweepError } from '../errors.ts';
import { Spill } from '../files/spill.ts';
import { freeArrays } from '../free-arrays.ts';
import { formatCount } from '../text/format-number.ts';
import { encodeTiles, joinTiles, toTiles, type Tiles } from '../training/png.ts';
import { archiveOf, arrayOfConditions } from './archive.ts';
import type { LabelsOf } from './condition.ts';
import type { Latents } from './latents-file.ts';
import { normalDraws } from './noise.ts';
import type { Told } from './told.ts';
import type { RandomOf, TrainedModel } from './trained-model.ts';

/** `count` draws from the prior; the first ones of a seed are the same, however many are drawn. */
export function priorLatents(count: number, seed: number, latentDim: number): Latents {
  return {
    count,
    *read(piece) {
      for (let first = 0; first < count; first += piece) {
        const some = Math.min(piece, count - first);
        yield normalDraws(['generate', seed], first, some, latentDim);
      }
    },
  };
}

/** The same draws under each of `labels` labels, one after the other. */
export function underEach(drawn: Latents, labels: number): Latents {
  return {
    count: labels * drawn.count,
    *read(piece) {
      for (let label = 0; label < labels; label++) yield* drawn.read(piece) as Iterable<Float32Array>;
    },
  };
}

/** What is decoded, and under which labels, where the model is told them. */
export interface Decoded {
  readonly latents: Latents;
  readonly labelsOf: LabelsOf;
  /** With it draws from p(x|z) are written in place of its means; of each of all samples what it is drawn by. */
  readonly randomOf?: RandomOf | undefined;
}

/** Of some latents, of which the first has this place among all. */
function decodedOf(
  model: TrainedModel,
  { labelsOf, randomOf }: Decoded,
  some: Float32Array,
  first: number,
): Promise<Float32Array | Float64Array> {
  const labels = labelsOf(first, some.length / model.shape.latentDim);
  if (randomOf === undefined) return model.decode(some, labels);
  return model.draw(some, (sample, label) => randomOf(first + sample, label), labels);
}

/** An `.npz` of `rows`, float64 N×P, as their columns were before they were standardised, of a model of such; else of `images`, uint8 N×H×W or N×H×W×C: means of p(x|z), or draws from it, 255 = 1. With `latents`, float32 [N, J], where they are asked for, and `condition`, the labels that the model is told. */
export async function* decodeToArchive(
  model: TrainedModel,
  decoded: Decoded,
  told: Told,
  { keepsLatents = false } = {},
): AsyncGenerator<Uint8Array> {
  const { height, width, channels, latentDim } = model.shape;
  const { columns } = model;
  const { latents, labelsOf } = decoded;
  const later = new Spill();
  const kept: NpyArray = { name: 'latents', type: '<f4', shape: [latents.count, latentDim], read: () => later.read() };
  try {
    yield* archiveOf([
      {
        ...(columns === undefined
          ? ({
              name: 'images',
              type: '|u1',
              shape: [latents.count, height, width, ...(channels === 1 ? [] : [channels])],
            } as const)
          : ({ name: 'rows', type: '<f8', shape: [latents.count, width] } as const)),
        async *read() {
          let done = 0;
          for await (const some of latents.read(model.piece)) {
            if (keepsLatents) later.write(bytesOf(some));
            const pixels = await decodedOf(model, decoded, some, done);
            yield columns === undefined ? toBytes(pixels) : bytesOf(restored(pixels, columns));
            freeArrays({ pixels });
            told((done += some.length / latentDim), latents.count);
          }
        },
      },
      ...(keepsLatents ? [kept] : []),
      ...arrayOfConditions(model, latents.count, labelsOf),
    ]);
  } finally {
    later[Symbol.dispose]();
  }
}

/** Largest picture, in pixels: it is made in memory. */
const MOST_PIXELS = 2 ** 26;

/** @throws SweepError USAGE where so many images make too large a picture */
export function checkSheet(count: number, { height, width }: TrainedModel['shape']): void {
  if (count * height * width <= MOST_PIXELS) return;
  const most = formatCount(Math.floor(MOST_PIXELS / (height * width)));
  throw new SweepError('USAGE', `A picture holds ${most} images of ${height}×${width} pixels: write an .npz.`);
}

/** A PNG of all images; without `across`, about as many so as down. */
export async function decodeToSheet(
  model: TrainedModel,
  decoded: Decoded,
  told: Told,
  across = Math.ceil(Math.sqrt(decoded.latents.count)),
): Promise<Uint8Array> {
  const tiles: Tiles[] = [];
  const { latents } = decoded;
  let done = 0;
  for await (const some of latents.read(model.piece)) {
    const count = some.length / model.shape.latentDim;
    tiles.push(toTiles(await decodedOf(model, decoded, some, done), count, model.shape));
    told((done += count), latents.count);
  }
  return encodeTiles(joinTiles(tiles as [Tiles, ...Tiles[]]), across);
}

function toBytes(pixels: Float32Array | Float64Array): Uint8Array {
  const bytes = new Uint8Array(pixels.length);
  // Not by `from`, which first makes a list of all numbers.
  for (let i = 0; i < pixels.length; i++) bytes[i] = Math.round(255 * Math.min(Math.max(pixels[i]!, 0), 1));
  return bytes;
}
