/** Numbers in rows, the last axis next to each other. What stands for a TF.js tensor where there is no TF.js. */
export class PlainTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly dtype = 'float32';

  constructor(shape: readonly number[], values: Float32Array) {
    if (sizeOf(shape) !== values.length)
      throw new Error(`${values.length} numbers for the shape [${shape.join(', ')}]`);
    this.shape = shape;
    this.values = values;
  }

  get rank(): number {
    return this.shape.length;
  }

  get size(): number {
    return this.values.length;
  }
}

/** What operations take, as in TF.js. */
export type PlainOperand = PlainTensor | number;

export function toTensor(operand: PlainOperand): PlainTensor {
  return typeof operand === 'number' ? new PlainTensor([], Float32Array.of(operand)) : operand;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** How far apart neighbours along each axis lie. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** An axis counted from the front. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? rank + axis : axis;
}
