import { tf } from '../../tfjs.ts';
import { sizeOf } from '../../engine.ts';
import type { DataType, GraphBuilder, Value } from '../onnx/graph.ts';
import { lower, once, traceBackend as trace, type Traced } from '../trace-backend.ts';
import { fromRows, reshape } from './shape.ts';

/** The result of an operation on each number, with how to make its value, or its rows (see Traced), once asked for. */
function elementwise(
  graph: GraphBuilder,
  result: { name: string; operands: readonly tf.TensorInfo[]; shape: readonly number[]; type: DataType },
  make: { value: () => Value } | { rows: () => Value },
): tf.TensorInfo {
  const { name, operands, shape, type } = result;
  const operation = { name, operands: operands.map((operand) => trace.traced(operand)) };
  if ('value' in make) return trace.standIn({ type, shape, operation, value: once(make.value) });
  return trace.standIn({ ...fromRows(graph, shape, make.rows), type, operation });
}

function binary(kernel: string, name: string, resultType?: DataType): void {
  lower(kernel, ({ inputs, graph }) => {
    const [a, b] = [inputs['a']!, inputs['b']!];
    const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const result = { name, operands: [a, b], shape, type: resultType ?? trace.type(a) };
    const [sizeA, sizeB] = [sizeOf(a.shape), sizeOf(b.shape)];
    if (name === 'Add' && isBias(b, a)) {
      return elementwise(graph, result, { rows: () => trace.traced(a).rowsPlus!(trace.value(b)) });
    }
    const value = (): Value => {
      if (Math.min(sizeA, sizeB) > 1 || shape.length === 0) return graph.op(name, [trace.value(a), trace.value(b)]);
      // With one number ONNX Runtime walks a shape axis by axis, however short its last; a flat row goes at full speed.
      const flat = (x: tf.TensorInfo, size: number): Value => reshape(graph, trace.value(x), size === 1 ? [] : [size]);
      return reshape(graph, graph.op(name, [flat(a, sizeA), flat(b, sizeB)]), shape);
    };
    return elementwise(graph, result, { value });
  });
}

/** Whether `bias` can be added to the rows of `product` while they are made. */
function isBias(bias: tf.TensorInfo, product: tf.TensorInfo): boolean {
  const [size, ...rest] = bias.shape;
  return trace.traced(product).rowsPlus !== undefined && rest.length === 0 && size === product.shape.at(-1);
}

function unary(kernel: string, name: string, remember?: (input: Traced, result: Traced) => void): void {
  lower(kernel, ({ inputs: { x }, graph }) => {
    const input = trace.traced(x!);
    const { type, shape, rows, value } = input;
    const result = elementwise(
      graph,
      { name, operands: [x!], shape, type },
      rows ? { rows: () => graph.op(name, [rows()]) } : { value: () => graph.op(name, [value()]) },
    );
    remember?.(input, trace.traced(result));
    return result;
  });
}

/** What ReLU made of a value. Its gradient asks where the value is positive; so is the result, and the value may go. */
const rectified = new WeakMap<Traced, Traced>();

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
  // Gradients of a minimum, and of a value that is clipped, use them.
  binary('LessEqual', 'LessOrEqual', 'bool');
  binary('LogicalAnd', 'And');

  unary('Abs', 'Abs');
  unary('Exp', 'Exp');
  unary('Log', 'Log');
  unary('Neg', 'Neg');
  unary('Sigmoid', 'Sigmoid');
  unary('Sqrt', 'Sqrt');
  unary('Softplus', 'Softplus');
  unary('Tanh', 'Tanh');

  // TF.js clones what it saves for gradients. The clone is the same value: so patches gathered from it are shared.
  lower('Identity', ({ inputs: { x } }) => trace.standIn(trace.traced(x!)));
  lower('Square', ({ inputs: { x }, graph }) =>
    elementwise(
      graph,
      { name: 'Mul', operands: [x!, x!], shape: x!.shape, type: 'float32' },
      { value: () => graph.op('Mul', [trace.value(x!), trace.value(x!)]) },
    ),
  );
  unary('Relu', 'Relu', (x, result) => rectified.set(x, result));
  // Only the gradient of ReLU uses it. Cast(Greater) takes half the time of ONNX's Sign.
  lower<{ alpha: number }>('Step', ({ inputs: { x }, attributes, graph }) => {
    const input = trace.traced(x!);
    const positive = graph.op('Greater', [(rectified.get(input) ?? input).value(), graph.scalar(0)]);
    const value =
      attributes.alpha === 0
        ? graph.op('Cast', [positive], { to: 1 })
        : graph.op('Where', [positive, graph.scalar(1), graph.scalar(attributes.alpha)]);
    return trace.info(value, x!.shape);
  });
  lower<{ alpha: number }>('LeakyRelu', ({ inputs: { x }, attributes, graph }) =>
    trace.info(graph.op('LeakyRelu', [trace.value(x!)], { alpha: { float: attributes.alpha } }), x!.shape),
  );
  lower<{ clipValueMin: number; clipValueMax: number }>('ClipByValue', ({ inputs: { x }, attributes, graph }) => {
    const [least, most] = [graph.scalar(attributes.clipValueMin), graph.scalar(attributes.clipValueMax)];
    return trace.info(graph.op('Clip', [trace.value(x!), least, most]), x!.shape);
  });
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
    const input = trace.traced(x!);
    if (input.type === 'float32') return trace.standIn(input);
    return trace.info(graph.op('Cast', [input.value()], { to: 1 }), x!.shape);
  });
}
