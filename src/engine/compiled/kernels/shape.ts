import { tf } from '../../tfjs.ts';
import { sizeOf } from '../../engine.ts';
import type { GraphBuilder, Value } from '../onnx/graph.ts';
import { lower, once, traceBackend as trace, type Traced } from '../trace-backend.ts';

export function reshape(graph: GraphBuilder, value: Value, shape: readonly number[]): Value {
  return graph.op('Reshape', [value, graph.ints(shape)]);
}

/** A value of this shape that is made as a matrix with the last axis as columns. A reshaped output would be a copy. */
export function fromRows(
  graph: GraphBuilder,
  shape: readonly number[],
  make: () => Value,
): Pick<Traced, 'shape' | 'rows' | 'value'> {
  const rows = once(make);
  return { shape, rows, value: shape.length === 2 ? rows : once(() => reshape(graph, rows(), shape)) };
}

/** Every element the same, without storing them. */
function filled(graph: GraphBuilder, value: number, shape: readonly number[]): Value {
  return shape.length === 0 ? graph.scalar(value) : graph.op('Expand', [graph.scalar(value), graph.ints(shape)]);
}

export function registerShapeKernels(): void {
  lower<{ shape: number[] }>('Reshape', ({ inputs: { x }, attributes, graph }) => {
    const shape = tf.util.inferFromImplicitShape(attributes.shape, sizeOf(x!.shape));
    return trace.info(reshape(graph, trace.value(x!), shape), shape, trace.type(x!));
  });
  lower<{ dim: number }>('ExpandDims', ({ inputs: { input }, attributes: { dim }, graph }) => {
    const shape = input!.shape.toSpliced(dim < 0 ? input!.shape.length + 1 + dim : dim, 0, 1);
    return trace.info(reshape(graph, trace.value(input!), shape), shape, trace.type(input!));
  });
  lower<{ perm: number[] }>('Transpose', ({ inputs: { x }, attributes: { perm }, graph }) =>
    trace.info(
      graph.op('Transpose', [trace.value(x!)], { perm }),
      perm.map((axis) => x!.shape[axis]!),
      trace.type(x!),
    ),
  );
  lower<{ shape: number[]; value: number }>('Fill', ({ attributes: { shape, value }, graph }) =>
    trace.info(filled(graph, value, shape), shape),
  );
  lower('ZerosLike', ({ inputs: { x }, graph }) => trace.info(filled(graph, 0, x!.shape), x!.shape));
  lower('OnesLike', ({ inputs: { x }, graph }) => trace.info(filled(graph, 1, x!.shape), x!.shape));
  lower<{ shape: number[] }>('BroadcastTo', ({ inputs: { x }, attributes: { shape }, graph }) =>
    trace.info(graph.op('Expand', [trace.value(x!), graph.ints(shape)]), shape),
  );
  lower<{ reps: number[] }>('Tile', ({ inputs: { x }, attributes: { reps }, graph }) =>
    trace.info(
      graph.op('Tile', [trace.value(x!), graph.ints(reps)]),
      x!.shape.map((size, axis) => size * reps[axis]!),
    ),
  );
  // The gradient of a slice.
  lower<{ paddings: [number, number][]; constantValue: number }>('PadV2', ({ inputs: { x }, attributes, graph }) => {
    const { paddings, constantValue } = attributes;
    const pads = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
    return trace.info(
      graph.op('Pad', [trace.value(x!), graph.ints(pads), graph.scalar(constantValue)]),
      x!.shape.map((size, axis) => paddings[axis]![0] + size + paddings[axis]![1]),
    );
  });
  lower<{ begin: number[]; size: number[] }>('Slice', ({ inputs: { x }, attributes, graph }) => {
    const size = attributes.size.map((count, axis) => (count < 0 ? x!.shape[axis]! - attributes.begin[axis]! : count));
    const bounds = [
      attributes.begin,
      attributes.begin.map((first, axis) => first + size[axis]!),
      size.map((_, axis) => axis),
    ];
    return trace.info(graph.op('Slice', [trace.value(x!), ...bounds.map((values) => graph.ints(values))]), size);
  });
}
