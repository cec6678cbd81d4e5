import { sizeOf, stridesOf } from './plain-tensor.ts';

/** Whole numbers that a weight may be, either side of zero. */
export type Bits = 8 | 16;

/** Weights as JSON takes them. A weight is its whole number times the scale of its channel; biases stay what they are. */
export interface PackedWeights {
  readonly bits: Bits;
  readonly tensors: Readonly<Record<string, PackedTensor>>;
}

interface PackedTensor {
  /** Little-endian, base64: float32 without an axis, else signed integers. */
  readonly values: string;
  /** Whose places have a scale each, and these, float32. */
  readonly axis?: number;
  readonly scales?: string;
}

export interface NamedWeights {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * Weights rounded to integers, with a scale for each place along one axis of a tensor: the axis that loses least, which is
 * the output's or the input's. With 16 bits a weight is off by at most 1/65,534 of the largest of its channel, with 8 by 1/254.
 */
export function packWeights(weights: readonly NamedWeights[], bits: Bits): PackedWeights {
  return { bits, tensors: Object.fromEntries(weights.map((each) => [each.name, packTensor(each, bits)])) };
}

/** By name; the shapes are those that were packed. */
export function unpackWeights(
  { bits, tensors }: PackedWeights,
  shapes: readonly Pick<NamedWeights, 'name' | 'shape'>[],
): Record<string, Float32Array> {
  const known = shapes.filter(({ name }) => tensors[name] !== undefined);
  return Object.fromEntries(
    known.map(({ name, shape }) => {
      const { values, axis, scales } = tensors[name]!;
      if (axis === undefined || scales === undefined) return [name, new Float32Array(toBytes(values).buffer)];
      const integers = bits === 8 ? new Int8Array(toBytes(values).buffer) : new Int16Array(toBytes(values).buffer);
      const scale = new Float32Array(toBytes(scales).buffer);
      const channel = channelOf(shape, axis);
      return [name, Float32Array.from(integers, (integer, i) => integer * scale[channel(i)]!)];
    }),
  );
}

/** Characters of JSON that the packed weights take, near enough: base64 makes four of three bytes. */
export function packedSize(weights: readonly Pick<NamedWeights, 'shape'>[], bits: Bits): number {
  const bytes = weights.map(
    ({ shape }) => sizeOf(shape) * (shape.length < 2 ? 4 : bits / 8) + 4 * Math.max(...shape, 0),
  );
  return Math.ceil((4 / 3) * bytes.reduce((sum, each) => sum + each, 0));
}

function packTensor({ shape, values }: NamedWeights, bits: Bits): PackedTensor {
  if (shape.length < 2) return { values: toText(values) };
  const [best] = shape
    .map((_, axis) => quantize(values, shape, axis, bits))
    .toSorted((a, b) => a.squaredError - b.squaredError);
  return { values: toText(best!.integers), axis: best!.axis, scales: toText(best!.scales) };
}

function quantize(values: Float32Array, shape: readonly number[], axis: number, bits: Bits) {
  const most = 2 ** (bits - 1) - 1;
  const channel = channelOf(shape, axis);
  const scales = new Float32Array(shape[axis]!);
  for (let i = 0; i < values.length; i++) scales[channel(i)] = Math.max(scales[channel(i)]!, Math.abs(values[i]!));
  for (let c = 0; c < scales.length; c++) scales[c]! /= most;
  const integers = bits === 8 ? new Int8Array(values.length) : new Int16Array(values.length);
  let squaredError = 0;
  for (let i = 0; i < values.length; i++) {
    const scale = scales[channel(i)]!;
    // Rounding the scale to float32 may put the largest weight a little beyond.
    if (scale > 0) integers[i] = Math.max(-most, Math.min(most, Math.round(values[i]! / scale)));
    squaredError += (values[i]! - integers[i]! * scale) ** 2;
  }
  return { axis, scales, integers, squaredError };
}

/** The place along an axis of a number in its row. */
function channelOf(shape: readonly number[], axis: number): (index: number) => number {
  const [stride, count] = [stridesOf(shape)[axis]!, shape[axis]!];
  return (index) => Math.floor(index / stride) % count;
}

function toText({ buffer, byteOffset, byteLength }: Float32Array | Int8Array | Int16Array): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  let text = '';
  // As many arguments as a call may have.
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
