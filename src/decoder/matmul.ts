import { rearranged } from './elementwise.ts';
import { PlainTensor, sizeOf, stridesOf } from './plain-tensor.ts';

/** [..., M, N] of [..., M, K] and [..., K, N]; one of them may have a single matrix for all of the other's. */
export function matMul(a: PlainTensor, b: PlainTensor, transposeA = false, transposeB = false): PlainTensor {
  const [left, right] = [transposeA ? swapLast(a) : a, transposeB ? swapLast(b) : b];
  const [rows, depth] = left.shape.slice(-2) as [number, number];
  const [height, columns] = right.shape.slice(-2) as [number, number];
  const [lanesA, lanesB] = [left.shape.slice(0, -2), right.shape.slice(0, -2)];
  const lanes = sizeOf(lanesA) >= sizeOf(lanesB) ? lanesA : lanesB;
  const fits = (own: readonly number[]): boolean => sizeOf(own) === 1 || own.join() === lanes.join();
  if (depth !== height || !fits(lanesA) || !fits(lanesB)) {
    throw new Error(`no product of [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`);
  }
  const result = new Float32Array(sizeOf(lanes) * rows * columns);
  for (let row = 0; row < sizeOf(lanes) * rows; row++) {
    const fromA = (row % (sizeOf(lanesA) * rows)) * depth;
    const fromB = (Math.floor(row / rows) % sizeOf(lanesB)) * depth * columns;
    for (let k = 0; k < depth; k++) {
      addMultiple(result, row * columns, left.values[fromA + k]!, right.values, fromB + k * columns, columns);
    }
  }
  return new PlainTensor([...lanes, rows, columns], result);
}

/** result[at …] += factor · values[from …], `count` numbers. Most factors are zero where a ReLU made them. */
export function addMultiple(
  result: Float32Array,
  at: number,
  factor: number,
  values: Float32Array,
  from: number,
  count: number,
): void {
  if (factor === 0) return;
  for (let i = 0; i < count; i++) result[at + i]! += factor * values[from + i]!;
}

function swapLast(x: PlainTensor): PlainTensor {
  const swap = (of: readonly number[]): number[] => [...of.slice(0, -2), of.at(-1)!, of.at(-2)!];
  return rearranged(x, swap(x.shape), swap(stridesOf(x.shape)));
}
