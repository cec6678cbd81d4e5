import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../engine.ts';
import type { DataType, Value } from '../onnx/graph.ts';
import { lower, once, traceBackend as trace } from '../trace-backend.ts';
import { reshape } from './shape.ts';

/** The result of an operation on each number; its node is added when its value is asked for. */
function elementwise(
  name: string,
  operands: readonly tf.TensorInfo[],
  shape: readonly number[],
  type: DataType,
  write: () => Value,
): tf.TensorInfo {
  const operation = { name, operands: operands.map((operand) => trace.traced(operand)) };
  return trace.standIn({ type, shape, value: once(write), operation });
}

function binary(kernel: string, op: string, resultType?: DataType): void {
  lower(kernel, ({ inputs: { a, b }, graph }) => {
    const shape = tf.backend_util.assertAndGetBroadcastShape(a!.shape, b!.shape);
    const [sizeA, sizeB] = [sizeOf(a!.shape), sizeOf(b!.shape)];
    return elementwise(op, [a!, b!], shape, resultType ?? trace.type(a!), () => {
      if (Math.min(sizeA, sizeB) > 1 || shape.length === 0) return graph.op(op, [trace.value(a!), trace.value(b!)]);
      // With one number ONNX Runtime walks a shape axis by axis, however short its last; a flat row goes at full speed.
      const flat = (x: tf.TensorInfo, size: number): Value => reshape(graph, trace.value(x), size === 1 ? [] : [size]);
      return reshape(graph, graph.op(op, [flat(a!, sizeA), flat(b!, sizeB)]), shape);
    });
  });
}

function unary(kernel: string, op: string): void {
  lower(kernel, ({ inputs: { x }, graph }) =>
    elementwise(op, [x!], x!.shape, trace.type(x!), () => graph.op(op, [trace.value(x!)])),
  );
}

export function registerElementwiseKernels(): void {
  binary('Add', 'Add');
  binary('Sub', 'Sub');
  binary('Multiply', 'Mul');
  binary('RealDiv', 'Div');
  binary('Maximum', 'Max');
  binary('Minimum', 'Min');
  binary('Greater', 'Greater', 'bool');
  binary('GreaterEqual', 'GreaterOrEqual', 'bool');
  binary('Less', 'Less', 'bool');

  unary('Abs', 'Abs');
  unary('Exp', 'Exp');
  unary('Log', 'Log');
  unary('Neg', 'Neg');
  unary('Relu', 'Relu');
  unary('Sigmoid', 'Sigmoid');
  unary('Sqrt', 'Sqrt');
  unary('Tanh', 'Tanh');

  // TF.js clones what it saves for gradients. The clone is the same value: so patches gathered from it are shared.
  lower('Identity', ({ inputs: { x } }) => trace.info(trace.value(x!), x!.shape, trace.type(x!)));
  lower('Square', ({ inputs: { x }, graph }) =>
    elementwise('Mul', [x!, x!], x!.shape, 'float32', () => graph.op('Mul', [trace.value(x!), trace.value(x!)])),
  );
  // Only the gradient of ReLU uses it. Cast(Greater) takes half the time of ONNX's Sign.
  lower<{ alpha: number }>('Step', ({ inputs: { x }, attributes, graph }) => {
    const positive = graph.op('Greater', [trace.value(x!), graph.scalar(0)]);
    const value =
      attributes.alpha === 0
        ? graph.op('Cast', [positive], { to: 1 })
        : graph.op('Where', [positive, graph.scalar(1), graph.scalar(attributes.alpha)]);
    return trace.info(value, x!.shape);
  });
  lower<{ alpha: number }>('LeakyRelu', ({ inputs: { x }, attributes, graph }) =>
    trace.info(graph.op('LeakyRelu', [trace.value(x!)], { alpha: { float: attributes.alpha } }), x!.shape),
  );
  lower('Elu', ({ inputs: { x }, graph }) => trace.info(graph.op('Elu', [trace.value(x!)]), x!.shape));
  // y = exp(x) − 1 for x < 0, so there dy/dx = y + 1.
  lower('EluGrad', ({ inputs: { dy, y }, graph }) => {
    const slope = graph.op('Min', [graph.op('Add', [trace.value(y!), graph.scalar(1)]), graph.scalar(1)]);
    return trace.info(graph.op('Mul', [trace.value(dy!), slope]), dy!.shape);
  });
  lower('Select', ({ inputs: { condition, t, e }, graph }) =>
    trace.info(
      graph.op('Where', [trace.value(condition!), trace.value(t!), trace.value(e!)]),
      t!.shape,
      trace.type(t!),
    ),
  );
  lower<{ dtype: tf.DataType }>('Cast', ({ inputs: { x }, attributes: { dtype }, graph }) => {
    if (dtype !== 'float32') throw new Error(`a traced program may cast to float32 only, not to ${dtype}`);
    const value = trace.value(x!);
    return trace.info(trace.type(x!) === 'float32' ? value : graph.op('Cast', [value], { to: 1 }), x!.shape);
  });
}
