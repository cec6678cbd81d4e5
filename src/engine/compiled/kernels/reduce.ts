import * as tf from '@tensorflow/tfjs';
import { lower, traceBackend as trace } from '../trace-backend.ts';

export function registerReduceKernels(): void {
  for (const [kernel, op] of [
    ['Sum', 'ReduceSum'],
    ['Mean', 'ReduceMean'],
  ] as const) {
    lower<{ axis: number | number[]; keepDims: boolean }>(kernel, ({ inputs: { x }, attributes, graph }) => {
      const axes = tf.util.parseAxisParam(attributes.axis, x!.shape);
      const [remaining] = tf.backend_util.computeOutAndReduceShapes(x!.shape, axes);
      const shape = attributes.keepDims ? tf.backend_util.expandShapeToKeepDim(remaining, axes) : remaining;
      const keepdims = attributes.keepDims ? 1 : 0;
      return trace.info(graph.op(op, [trace.value(x!), graph.ints(axes)], { keepdims }), shape);
    });
  }
}
