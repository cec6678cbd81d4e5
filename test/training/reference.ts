/**
 * The loss of a VAE in double precision, written independently of TF.js and as plainly as possible: the oracle for
 * finite differences. Every likelihood (reference-likelihoods.ts), ReLU-family activations, `same` padding, 4×4 filters, stride 2.
 */
import type { ModelShape } from '../../src/model/architecture.ts';
import { referenceNats } from './reference-likelihoods.ts';

export type Weights = Readonly<Record<string, Float64Array>>;
export interface ReferenceBatch {
  /** Rows of P pixels in [0, 1]. */
  readonly images: readonly Float64Array[];
  /** Of each image, where the model is told labels. */
  readonly labels?: readonly number[];
  /** Rows of J. */
  readonly noise: readonly Float64Array[];
  readonly beta: number;
  /** Nats; absent where the objective has none. */
  readonly freeBits?: number;
  readonly capacity?: number;
}

/** Mean over the batch of D + β·R, nats per image; with R as free bits and capacity have it. */
export function referenceLoss(model: ModelShape, weights: Weights, batch: ReferenceBatch): number {
  const { images, labels, noise, beta, freeBits = -Infinity, capacity } = batch;
  const kl = new Float64Array(model.latentDim);
  const outputs: Float64Array[] = [];
  images.forEach((image, i) => {
    const { mean, logVariance } = encode(model, weights, image, labels?.[i]);
    const latent = mean.map((m, j) => m + Math.exp(logVariance[j]! / 2) * noise[i]![j]!);
    outputs.push(decode(model, weights, latent, labels?.[i]));
    mean.forEach((m, j) => (kl[j]! += (m * m + Math.exp(logVariance[j]!) - logVariance[j]! - 1) / 2 / images.length));
  });
  const rate = kl.reduce((sum, nats) => sum + Math.max(freeBits, nats), 0);
  const penalty = capacity === undefined ? rate : Math.abs(rate - capacity);
  return referenceNats(model, weights, outputs, images) / images.length + beta * penalty;
}

function widthsOf({ own }: ModelShape): readonly number[] {
  return (own['hidden'] ?? own['channels']) as readonly number[];
}

function encode(model: ModelShape, weights: Weights, image: Float64Array, label?: number) {
  let hidden = /poisson|negative_binomial/.test(model.likelihood) ? image.map((x) => Math.log1p(x)) : image;
  const widths = widthsOf(model);
  let map = { height: model.height, width: model.width, channels: model.channels };
  for (let i = 0; i < widths.length; i++) {
    if (model.architecture === 'mlp') hidden = dense(hidden, weights, `encoder.${i}`, i === 0 ? label : undefined);
    else {
      const next = { height: Math.ceil(map.height / 2), width: Math.ceil(map.width / 2), channels: widths[i]! };
      hidden = convolve(hidden, map, next, weights, `encoder.${i}`);
      if (i === 0) hidden = hidden.map((value, at) => value + ofLabel(weights, 'encoder.0', label, at % next.channels));
      map = next;
    }
    hidden = hidden.map((value) => activate(model, value));
  }
  const told = widths.length === 0 ? label : undefined;
  return {
    mean: dense(hidden, weights, 'posterior.mean', told),
    logVariance: dense(hidden, weights, 'posterior.log_variance', told).map((value) => {
      const { logVarianceBound: bound } = model;
      return bound === undefined ? value : bound * Math.tanh(value / bound);
    }),
  };
}

function decode(model: ModelShape, weights: Weights, latent: Float64Array, label?: number): Float64Array {
  const widths = widthsOf(model);
  const depth = widths.length;
  if (model.architecture === 'mlp') {
    let hidden = latent;
    const told = (layer: number): number | undefined => (layer === 0 ? label : undefined);
    for (let i = 0; i < depth; i++)
      hidden = dense(hidden, weights, `decoder.${i}`, told(i)).map((v) => activate(model, v));
    return dense(hidden, weights, 'decoder.output', told(depth));
  }
  const sizes = [{ height: model.height, width: model.width, channels: model.outputChannels }];
  for (const channels of widths) {
    const { height, width } = sizes.at(-1)!;
    sizes.push({ height: Math.ceil(height / 2), width: Math.ceil(width / 2), channels });
  }
  let maps: Float64Array = dense(latent, weights, 'decoder.input', label).map((v) => activate(model, v));
  for (let i = 0; i < depth; i++) {
    const last = i === depth - 1;
    maps = spread(maps, sizes[depth - i]!, sizes[depth - i - 1]!, weights, last ? 'decoder.output' : `decoder.${i}`);
    if (!last) maps = maps.map((v) => activate(model, v));
  }
  return maps;
}

function activate({ activation }: ModelShape, value: number): number {
  if (activation === 'tanh') return Math.tanh(value);
  if (value >= 0) return value;
  return activation === 'relu' ? 0 : activation === 'elu' ? Math.expm1(value) : 0.01 * value;
}

function dense(input: Float64Array, weights: Weights, name: string, label?: number): Float64Array {
  const weight = weights[`${name}.weight`]!;
  const output = weights[`${name}.bias`]!.map((bias, o) => bias + ofLabel(weights, name, label, o));
  for (let i = 0; i < input.length; i++)
    for (let o = 0; o < output.length; o++) output[o]! += input[i]! * weight[i * output.length + o]!;
  return output;
}

/** What the layer's output `o` has of a label: the row of its one-hot. */
function ofLabel(weights: Weights, name: string, label: number | undefined, o: number): number {
  if (label === undefined) return 0;
  const outputs = weights[`${name}.bias`]!.length;
  return weights[`${name}.condition`]![label * outputs + o]!;
}

interface MapSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Calls `visit` for every filter tap that falls inside the larger map: the geometry of a convolution and its transpose. */
function taps(large: MapSize, small: MapSize, visit: (large: number, small: number, tap: number) => void): void {
  const before = (size: number, out: number): number => Math.floor(Math.max((out - 1) * 2 + 4 - size, 0) / 2);
  const [top, left] = [before(large.height, small.height), before(large.width, small.width)];
  for (let y = 0; y < small.height; y++)
    for (let x = 0; x < small.width; x++)
      for (let i = 0; i < 4; i++)
        for (let j = 0; j < 4; j++) {
          const [row, column] = [y * 2 + i - top, x * 2 + j - left];
          if (row < 0 || row >= large.height || column < 0 || column >= large.width) continue;
          visit(row * large.width + column, y * small.width + x, i * 4 + j);
        }
}

function convolve(input: Float64Array, from: MapSize, to: MapSize, weights: Weights, name: string): Float64Array {
  const output = biased(to, weights[`${name}.bias`]!);
  const filter = weights[`${name}.weight`]!;
  taps(from, to, (source, target, tap) => {
    for (let c = 0; c < from.channels; c++)
      for (let o = 0; o < to.channels; o++)
        output[target * to.channels + o]! +=
          input[source * from.channels + c]! * filter[(tap * from.channels + c) * to.channels + o]!;
  });
  return output;
}

/** Transposed convolution; its filter is [4, 4, out, in]. */
function spread(input: Float64Array, from: MapSize, to: MapSize, weights: Weights, name: string): Float64Array {
  const output = biased(to, weights[`${name}.bias`]!);
  const filter = weights[`${name}.weight`]!;
  taps(to, from, (target, source, tap) => {
    for (let c = 0; c < from.channels; c++)
      for (let o = 0; o < to.channels; o++)
        output[target * to.channels + o]! +=
          input[source * from.channels + c]! * filter[(tap * to.channels + o) * from.channels + c]!;
  });
  return output;
}

function biased({ height, width, channels }: MapSize, bias: Float64Array): Float64Array {
  const output = new Float64Array(height * width * channels);
  for (let start = 0; start < output.length; start += channels) output.set(bias, start);
  return output;
}
