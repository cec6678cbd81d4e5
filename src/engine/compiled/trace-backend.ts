import * as tf from '@tensorflow/tfjs';
import type { DataType, GraphBuilder, Value } from './onnx/graph.ts';

/** What a traced tensor stands for: a value of the graph being built, and that value's ONNX type. */
interface Traced {
  readonly value: Value;
  readonly type: DataType;
}

const NAME = 'trace';

/**
 * A TF.js backend whose kernels compute nothing: they append nodes to an ONNX graph. So TF.js operations, and the
 * gradients that TF.js derives from them, become a program that runs natively.
 *
 * Shapes are the tensors' own; the ONNX type may be narrower than TF.js can say (images are uint8 in the graph, int32
 * to TF.js).
 */
export class TraceBackend extends tf.KernelBackend {
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

  /** A tensor that stands for a value of the graph. */
  tensor(value: Value, shape: readonly number[], type: DataType = 'float32'): tf.Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.info(value, shape, type));
  }

  info(value: Value, shape: readonly number[], type: DataType = 'float32'): tf.TensorInfo {
    const dataId = {};
    this.#traced.set(dataId, { value, type });
    return { dataId, shape: [...shape], dtype: type === 'float32' || type === 'bool' ? type : 'int32' };
  }

  value(tensor: tf.TensorInfo): Value {
    return this.#of(tensor).value;
  }

  type(tensor: tf.TensorInfo): DataType {
    return this.#of(tensor).type;
  }

  #of(tensor: tf.TensorInfo): Traced {
    const traced = this.#traced.get(tensor.dataId);
    if (!traced) throw new Error('a tensor that was not made while tracing entered a traced program');
    return traced;
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
    const traced: Traced =
      dtype === 'int32'
        ? { value: this.graph.constant(Int32Array.from(numbers), shape), type: 'int32' }
        : dtype === 'bool'
          ? { value: this.graph.constant(Uint8Array.from(numbers), shape, 'bool'), type: 'bool' }
          : { value: this.graph.constant(Float32Array.from(numbers), shape), type: 'float32' };
    this.#traced.set(dataId, traced);
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
