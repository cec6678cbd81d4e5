/** Latents of images: the posterior means of a trained model. */
import { imageSize } from '../model/architecture.ts';
import { someTiles } from '../training/png.ts';
import { NoPicture, type PictureSource } from './picture-source.ts';

/** Images encoded at a time: bounds the memory of their hidden layers. */
const BATCH = 64;

/** Posterior means of images of bytes, one after another: J latents each. `labels`: of each, for a model that is told them. */
export async function encodeImages(
  source: PictureSource,
  images: Uint8Array,
  labels: ArrayLike<number> = [],
): Promise<Float32Array[]> {
  const { latentDim } = source.model;
  if (source.model.classes !== undefined && labels.length === 0)
    throw new NoPicture('nothing says what the images are');
  const trained = await source.trained();
  const size = imageSize(source.model);
  const means: Float32Array[] = [];
  for (let at = 0; at < images.length; at += BATCH * size) {
    const units = Float32Array.from(images.subarray(at, at + BATCH * size), (byte) => byte / 255);
    const encoded = trained.encode(units, Array.from(labels).slice(at / size, at / size + BATCH));
    for (let i = 0; i < encoded.length; i += latentDim) means.push(encoded.slice(i, i + latentDim));
  }
  return means;
}

/** Of the first images that the trial keeps with its reconstructions. */
export async function encodeKept(source: PictureSource, count: number): Promise<Float32Array[]> {
  const { originals } = await source.reconstructions();
  if (originals.channels !== source.model.channels) {
    throw new NoPicture(`of images with ${source.model.channels} channels only the first is kept`);
  }
  if (originals.count < count) throw new NoPicture(`fewer than ${count} images are kept`);
  return encodeImages(source, someTiles(originals, 0, count).bytes, await source.keptLabels());
}
