import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../engine.ts';
import { lower, traceBackend as trace } from '../trace-backend.ts';
import { reshape } from './shape.ts';

export function registerReduceKernels(): void {
  for (const [kernel, op] of [
    ['Sum', 'ReduceSum'],
    ['Mean', 'ReduceMean'],
    ['Prod', 'ReduceProd'],
  ] as const) {
    lower<{ axis: number | number[]; keepDims: boolean }>(kernel, ({ inputs: { x }, attributes, graph }) => {
      const axes = tf.util.parseAxisParam(attributes.axis, x!.shape);
      const [remaining] = tf.backend_util.computeOutAndReduceShapes(x!.shape, axes);
      const shape = attributes.keepDims ? tf.backend_util.expandShapeToKeepDim(remaining, axes) : remaining;
      const value = trace.value(x!);
      if (sizeOf(shape) === 1) {
        // All of it: as one row, which is summed without a thought for its shape.
        const flat = graph.op(op, [reshape(graph, value, [-1]), graph.ints([0])], { keepdims: 0 });
        return trace.info(shape.length === 0 ? flat : reshape(graph, flat, shape), shape);
      }
      const keepdims = attributes.keepDims ? 1 : 0;
      return trace.info(graph.op(op, [value, graph.ints(axes)], { keepdims }), shape);
    });
  }
}
