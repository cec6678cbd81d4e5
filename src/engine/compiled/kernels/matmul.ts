import { lower, traceBackend as trace } from '../trace-backend.ts';

export function registerMatmulKernels(): void {
  lower<{ transposeA: boolean; transposeB: boolean }>('BatchMatMul', ({ inputs: { a, b }, attributes, graph }) => {
    const { transposeA, transposeB } = attributes;
    const rows = a!.shape.at(transposeA ? -1 : -2)!;
    const columns = b!.shape.at(transposeB ? -2 : -1)!;
    if (a!.shape.length === 2 && b!.shape.length === 2) {
      const flags = { transA: Number(transposeA), transB: Number(transposeB) };
      return trace.info(graph.op('Gemm', [trace.value(a!), trace.value(b!)], flags), [rows, columns]);
    }
    const swapLast = (rank: number): number[] => [...Array(rank - 2).keys(), rank - 1, rank - 2];
    const operand = (x: typeof a, transposed: boolean): string =>
      transposed ? graph.op('Transpose', [trace.value(x!)], { perm: swapLast(x!.shape.length) }) : trace.value(x!);
    const lanes = a!.shape.length >= b!.shape.length ? a!.shape.slice(0, -2) : b!.shape.slice(0, -2);
    const product = graph.op('MatMul', [operand(a, transposeA), operand(b, transposeB)]);
    return trace.info(product, [...lanes, rows, columns]);
  });
}
