import { tf } from '../tfjs.ts';
import type { DataType, GraphBuilder, Value } from './onnx/graph.ts';

/** What a traced tensor stands for. */
export interface Traced {
  /** In the graph; TF.js knows fewer types. */
  readonly type: DataType;
  readonly shape: readonly number[];
  /** Its name in the graph. The first call may add the nodes that compute it, so what nobody asks for costs nothing. */
  readonly value: () => Value;
  /** Where it is computed as a matrix with the last axis as columns: that matrix, to which what follows may be fused. */
  readonly rows?: () => Value;
  /** Of a matrix product: its rows, each plus `bias`, at the price of the product alone. */
  readonly rowsPlus?: (bias: Value) => Value;
  /** Of a float that is known while tracing. */
  readonly number?: number;
  /** Where each number follows from the operands' numbers at the same place, or from an operand's only number. */
  readonly operation?: { readonly name: string; readonly operands: readonly Traced[] };
}

const NAME = 'trace';

/**
 * A TF.js backend whose kernels compute nothing: they append nodes to an ONNX graph. So TF.js operations, and the
 * gradients that TF.js derives from them, become a program that runs natively.
 *
 * Shapes are the tensors' own; the ONNX type may be narrower than TF.js can say (images are uint8 in the graph, int32
 * to TF.js).
 */
class TraceBackend extends tf.KernelBackend {
  readonly #traced = new WeakMap<object, Traced>();
  #graph: GraphBuilder | undefined;

  /** Runs `record` with every TF.js operation going to `graph`. */
  trace<T>(graph: GraphBuilder, record: () => T): T {
    const before = tf.getBackend();
    this.#graph = graph;
    void tf.setBackend(NAME);
    try {
      return tf.tidy(() => record() as never);
    } finally {
      this.#graph = undefined;
      if (before) void tf.setBackend(before);
    }
  }

  get graph(): GraphBuilder {
    if (!this.#graph) throw new Error('a traced operation ran outside of trace()');
    return this.#graph;
  }

  /** A tensor of a value that is named when a node needs it. */
  tensor(value: () => Value, shape: readonly number[], type: DataType): tf.Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.standIn({ type, shape, value: once(value) }));
  }

  /** What a kernel returns for a value of the graph. */
  info(value: Value, shape: readonly number[], type: DataType = 'float32'): tf.TensorInfo {
    return this.standIn({ type, shape, value: () => value });
  }

  standIn(traced: Traced): tf.TensorInfo {
    const dataId = {};
    this.#traced.set(dataId, traced);
    const dtype = traced.type === 'float32' || traced.type === 'bool' ? traced.type : 'int32';
    return { dataId, shape: [...traced.shape], dtype };
  }

  traced(tensor: tf.TensorInfo): Traced {
    const traced = this.#traced.get(tensor.dataId);
    if (!traced) throw new Error('a tensor that was not made while tracing entered a traced program');
    return traced;
  }

  value(tensor: tf.TensorInfo): Value {
    return this.traced(tensor).value();
  }

  type(tensor: tf.TensorInfo): DataType {
    return this.traced(tensor).type;
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): tf.DataId {
    const dataId = {};
    this.#record(dataId, values, shape, dtype);
    return dataId;
  }

  override move(dataId: tf.DataId, values: tf.BackendValues, shape: number[], dtype: tf.DataType): void {
    this.#record(dataId, values, shape, dtype);
  }

  /** A tensor made from numbers becomes a constant of the graph. */
  #record(dataId: object, values: tf.BackendValues, shape: number[], dtype: tf.DataType): void {
    const numbers = values as ArrayLike<number>;
    const graph = this.graph;
    if (dtype === 'int32' || dtype === 'bool') {
      const data = dtype === 'int32' ? Int32Array.from(numbers) : Uint8Array.from(numbers);
      this.#traced.set(dataId, { type: dtype, shape, value: once(() => graph.constant(data, shape, dtype)) });
      return;
    }
    const data = Float32Array.from(numbers);
    const value = once(() => (shape.length === 0 ? graph.scalar(data[0]!) : graph.constant(data, shape)));
    this.#traced.set(dataId, { type: 'float32', shape, value, ...(data.length === 1 && { number: data[0]! }) });
  }

  override readSync(): never {
    throw new Error('a traced program may not read values: its body must use tensor operations only');
  }
  override read(): never {
    return this.readSync();
  }
  override disposeData(): boolean {
    return true;
  }
  override incRef(): void {
    /* values of a graph live as long as the graph */
  }
  override refCount(): number {
    return 1;
  }
  override numDataIds(): number {
    return 0;
  }
  override timerAvailable(): boolean {
    return false;
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
}

/** The result of the first call, for all calls. */
export function once<T>(make: () => T): () => T {
  let made: { readonly result: T } | undefined;
  return () => (made ??= { result: make() }).result;
}

export const traceBackend = new TraceBackend();
tf.registerBackend(NAME, () => traceBackend, 0);

export interface KernelArguments<Attributes> {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attributes: Attributes;
  readonly graph: GraphBuilder;
}

/** Registers how the TF.js kernel `kernelName` is written in ONNX. */
export function lower<Attributes = unknown>(
  kernelName: string,
  write: (args: KernelArguments<Attributes>) => tf.TensorInfo,
): void {
  tf.registerKernel({
    kernelName,
    backendName: NAME,
    kernelFunc: ({ inputs, attrs }) =>
      write({
        inputs: inputs as Record<string, tf.TensorInfo>,
        attributes: attrs as Attributes,
        graph: traceBackend.graph,
      }),
  });
}
