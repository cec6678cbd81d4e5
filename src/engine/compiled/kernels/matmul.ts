import type * as tf from '@tensorflow/tfjs';
import type { GraphBuilder, Value } from '../onnx/graph.ts';
import { lower, traceBackend as trace } from '../trace-backend.ts';
import { fromRows } from './shape.ts';

/** A tensor that is a matrix product, reshaped. `write` makes its rows, each plus `bias` where one is given. */
export function product(graph: GraphBuilder, shape: readonly number[], write: (bias?: Value) => Value): tf.TensorInfo {
  return trace.standIn({ ...fromRows(graph, shape, () => write()), type: 'float32', rowsPlus: write });
}

export function gemm(
  graph: GraphBuilder,
  [a, b]: readonly [Value, Value],
  bias?: Value,
  flags: Readonly<Record<string, number>> = {},
): Value {
  return graph.op('Gemm', bias === undefined ? [a, b] : [a, b, bias], flags);
}

export function registerMatmulKernels(): void {
  lower<{ transposeA: boolean; transposeB: boolean }>('BatchMatMul', ({ inputs: { a, b }, attributes, graph }) => {
    const { transposeA, transposeB } = attributes;
    const rows = a!.shape.at(transposeA ? -1 : -2)!;
    const columns = b!.shape.at(transposeB ? -2 : -1)!;
    if (a!.shape.length === 2 && b!.shape.length === 2) {
      const flags = { transA: Number(transposeA), transB: Number(transposeB) };
      return product(graph, [rows, columns], (bias) => gemm(graph, [trace.value(a!), trace.value(b!)], bias, flags));
    }
    const swapLast = (rank: number): number[] => [...Array(rank - 2).keys(), rank - 1, rank - 2];
    const operand = (x: typeof a, transposed: boolean): string =>
      transposed ? graph.op('Transpose', [trace.value(x!)], { perm: swapLast(x!.shape.length) }) : trace.value(x!);
    const lanes = a!.shape.length >= b!.shape.length ? a!.shape.slice(0, -2) : b!.shape.slice(0, -2);
    const products = graph.op('MatMul', [operand(a, transposeA), operand(b, transposeB)]);
    return trace.info(products, [...lanes, rows, columns]);
  });
}
