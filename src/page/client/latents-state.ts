import { openDecoder } from '../../decoder/embedded-decoder.ts';
import { byKl, type LatentsData, type LatentsDecoder } from '../../decoder/latents-data.ts';
import { imageSize } from '../../model/architecture.ts';

/** A latent's slider reaches this far, or as far as an image's code: draws from the prior beyond are 3 in 1,000. */
const REACH = 3;

/** Where the sliders stand, and the image that this makes. No DOM. */
export interface LatentsState {
  readonly decoder: LatentsDecoder;
  /** Place among the βs. */
  readonly beta: number;
  /** The image whose code the latents started from; null: the prior's mean. */
  readonly original: number | null;
  readonly latents: Float32Array;
  /** The label that the decoder is told, a place among all; null where it is told none. */
  readonly label: number | null;
  /** Indices of latents, in the order of the sliders. */
  readonly order: readonly number[];
  /** Ends of the sliders. */
  readonly reach: number;
}

export function startLatents(data: LatentsData): LatentsState {
  const original = data.decoders[data.best]!.codes.length > 0 ? 0 : null;
  return stateOf(data, data.best, original);
}

/** Another β has other latents: nothing of the old ones holds, and they start at its own code of the same image. */
export function chooseBeta(data: LatentsData, state: LatentsState, beta: number): LatentsState {
  return { ...stateOf(data, beta, state.original), label: state.label };
}

/** The code stays: what it keeps under another label is what the label doesn't say. */
export function chooseLabel(state: LatentsState, label: number): LatentsState {
  return { ...state, label };
}

export function chooseOriginal(data: LatentsData, state: LatentsState, original: number | null): LatentsState {
  return stateOf(data, state.beta, original);
}

export function moveLatent(state: LatentsState, latent: number, value: number): LatentsState {
  return { ...state, latents: state.latents.with(latent, value) };
}

function stateOf({ decoders, labels }: LatentsData, beta: number, original: number | null): LatentsState {
  const decoder = decoders[beta]!;
  const code = original === null ? undefined : decoder.codes[original];
  const furthest = decoder.codes.flat().reduce((most, z) => Math.max(most, Math.abs(z)), REACH);
  return {
    ...{ decoder, beta, original },
    label: labels && ((original === null ? undefined : labels.ofOriginals[original]) ?? 0),
    latents: code === undefined ? new Float32Array(decoder.model.latentDim) : Float32Array.from(code),
    order: byKl(decoder),
    reach: Math.ceil(2 * furthest) / 2,
  };
}

/** Opens each decoder when it is first drawn with. */
export function imageMaker(): (state: LatentsState) => Float32Array {
  const open = new Map<LatentsDecoder, ReturnType<typeof openDecoder>>();
  return ({ decoder, latents, label }) => {
    const model = open.get(decoder) ?? openDecoder(decoder);
    open.set(decoder, model);
    return model.decode(latents, [label ?? 0]);
  };
}

/** The images that latents can start from, values in [0, 1]. */
export function originalImages({ originals, decoders, best }: LatentsData): Float32Array[] {
  const bytes = Float32Array.from(atob(originals), (character) => character.charCodeAt(0) / 255);
  const size = imageSize(decoders[best]!.model);
  return Array.from({ length: bytes.length / size }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

/** Red, green, blue and opacity of each pixel. Three channels are a colour; of any other number the first is shown, as grey. */
export function toRgba(image: Float32Array, channels: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = image.length / channels;
  const rgba = new Uint8ClampedArray(4 * pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let c = 0; c < 3; c++) rgba[4 * pixel + c] = 255 * image[pixel * channels + (channels === 3 ? c : 0)]!;
    rgba[4 * pixel + 3] = 255;
  }
  return rgba;
}

/** A grey level is 1/255. */
export function describeRounding({ weights, rounding }: LatentsDecoder): string {
  const levels = 255 * rounding;
  return `weights rounded to ${weights.bits} bits: at most ${levels < 0.1 ? 'a tenth' : levels.toFixed(1)} of 255 grey levels off where tried`;
}
