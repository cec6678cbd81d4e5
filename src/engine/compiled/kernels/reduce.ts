import { tf } from '../../tfjs.ts';
import { sizeOf } from '../../engine.ts';
import type { Value } from '../onnx/graph.ts';
import { lower, traceBackend as trace, type Traced } from '../trace-backend.ts';
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
      if (sizeOf(shape) === 1) {
        // All of it: as one row, which is summed without a thought for its shape.
        const whole = (operator: string, of: Value): Value =>
          graph.op(operator, [reshape(graph, of, [-1]), graph.ints([0])], { keepdims: 0 });
        const root = op === 'ReduceSum' ? squareRoot(trace.traced(x!)) : undefined;
        // Squares need not be written down to be summed.
        const flat = root ? whole('ReduceSumSquare', root.value()) : whole(op, trace.value(x!));
        return trace.info(shape.length === 0 ? flat : reshape(graph, flat, shape), shape);
      }
      const keepdims = attributes.keepDims ? 1 : 0;
      return trace.info(graph.op(op, [trace.value(x!), graph.ints(axes)], { keepdims }), shape);
    });
  }
}

/** What `value` is the square of, if it is one. */
function squareRoot({ operation }: Traced): Traced | undefined {
  const [a, b] = operation?.name === 'Mul' ? operation.operands : [];
  return a === b ? a : undefined;
}
