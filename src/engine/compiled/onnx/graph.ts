import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './onnx_pb.ts';

/** ONNX's TensorProto.DataType. */
export const DATA_TYPE = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, float64: 11 } as const;
/** ONNX's AttributeProto.AttributeType. */
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const;
const IR_VERSION = 10n;
const OPSET_VERSION = 21n;

export type InitialValues = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;
export type DataType = keyof typeof DATA_TYPE;
/** Number means int64; write floats as `{ float }`. */
export type Attribute = number | string | readonly number[] | { readonly float: number } | GraphBuilder;
/** Name of a tensor inside a graph. */
export type Value = string;
/** −1 is free, and a name is free, too: as large wherever it stands. */
export type Dimension = number | string;

/** What a model says of itself to who opens it elsewhere. */
export interface ModelFacts {
  readonly version?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, string>>;
}

/** Builds one ONNX graph, node by node. A nested graph (a loop's body) may use its parent's values by name. */
export class GraphBuilder {
  readonly #prefix: string;
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #results = new Set<Value>();
  readonly #interned = new Map<string, Value>();
  /** Versions of the operator sets that its nodes are of. */
  readonly #domains = new Map([['', OPSET_VERSION]]);
  #names = 0;

  /** `prefix` keeps the names of nested graphs apart. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Adds a node and returns its only output. */
  op(type: string, inputs: readonly Value[], attributes: Readonly<Record<string, Attribute>> = {}): Value {
    return this.ops(type, inputs, attributes, 1)[0]!;
  }

  ops(
    type: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>>,
    outputCount: number,
  ): Value[] {
    return this.opsOf('', type, inputs, attributes, outputCount);
  }

  /** As `ops`, of an operator set other than ONNX's own, in its first version. */
  protected opsOf(
    domain: string,
    type: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>>,
    outputCount: number,
  ): Value[] {
    if (!this.#domains.has(domain)) this.#domains.set(domain, 1n);
    const output = Array.from({ length: outputCount }, () => this.#name(type));
    const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
    for (const name of output) this.#results.add(name);
    this.#nodes.push(create(NodeProtoSchema, { opType: type, domain, input: [...inputs], output, attribute }));
    return output;
  }

  constant(data: InitialValues, dims: readonly number[], type?: DataType): Value {
    return this.initializer(this.#name('const'), data, dims, type);
  }

  /** A constant of the caller's name. */
  initializer(name: Value, data: InitialValues, dims: readonly number[], type?: DataType): Value {
    const dataType = type ?? typeOf(data);
    this.#initializers.push(
      create(TensorProtoSchema, {
        name,
        dims: dims.map(BigInt),
        dataType: DATA_TYPE[dataType],
        rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      }),
    );
    return name;
  }

  /** A scalar float; equal ones are stored once. */
  scalar(value: number): Value {
    return this.#intern(`f${value}`, () => this.constant(Float32Array.of(value), []));
  }

  /** A one-dimensional int64 tensor, as shapes and axes are given; equal ones are stored once. */
  ints(values: readonly number[]): Value {
    return this.#intern(`i${values.join()}`, () => this.constant(BigInt64Array.from(values, BigInt), [values.length]));
  }

  input(name: Value, type: DataType, dims: readonly Dimension[]): Value {
    this.#inputs.push(valueInfo(name, type, dims));
    return name;
  }

  /** Whether `value` was computed by a node of this graph and is not an output yet. */
  isFreeResult(value: Value): boolean {
    return this.#results.has(value) && !this.#outputs.some(({ name }) => name === value);
  }

  get hasOutputs(): boolean {
    return this.#outputs.length > 0;
  }

  output(name: Value, type: DataType): void {
    this.#outputs.push(valueInfo(name, type));
  }

  /** An output of the caller's name, at the price of a copy. */
  outputAs(name: Value, value: Value, type: DataType, dims: readonly Dimension[]): void {
    this.#nodes.push(create(NodeProtoSchema, { opType: 'Identity', input: [value], output: [name] }));
    this.#outputs.push(valueInfo(name, type, dims));
  }

  graph(): GraphProto {
    return create(GraphProtoSchema, {
      name: `${this.#prefix}graph`,
      node: this.#nodes,
      initializer: this.#initializers,
      input: this.#inputs,
      output: this.#outputs,
    });
  }

  /** The graph as a serialised ModelProto. */
  model({ version = '', description = '', properties = {} }: ModelFacts = {}): Uint8Array {
    return toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, {
        irVersion: IR_VERSION,
        producerName: 'vae-sweep',
        producerVersion: version,
        docString: description,
        metadataProps: Object.entries(properties).map(([key, value]) =>
          create(StringStringEntryProtoSchema, { key, value }),
        ),
        graph: this.graph(),
        opsetImport: [...this.#domains].map(([domain, version]) =>
          create(OperatorSetIdProtoSchema, { domain, version }),
        ),
      }),
    );
  }

  #name(stem: string): Value {
    return `${this.#prefix}${stem}_${this.#names++}`;
  }

  #intern(key: string, make: () => Value): Value {
    let value = this.#interned.get(key);
    if (value === undefined) {
      value = make();
      this.#interned.set(key, value);
    }
    return value;
  }
}

function typeOf(data: InitialValues): DataType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Float64Array) return 'float64';
  if (data instanceof Int32Array) return 'int32';
  return data instanceof BigInt64Array ? 'int64' : 'uint8';
}

function attributeProto(name: string, value: Attribute): AttributeProto {
  const content =
    typeof value === 'number'
      ? { i: BigInt(value), type: ATTRIBUTE_TYPE.int }
      : typeof value === 'string'
        ? { s: new TextEncoder().encode(value), type: ATTRIBUTE_TYPE.string }
        : value instanceof GraphBuilder
          ? { g: value.graph(), type: ATTRIBUTE_TYPE.graph }
          : 'float' in value
            ? { f: value.float, type: ATTRIBUTE_TYPE.float }
            : { ints: value.map(BigInt), type: ATTRIBUTE_TYPE.ints };
  return create(AttributeProtoSchema, { name, ...content });
}

/** Without `dims` the shape is left to inference. */
function valueInfo(name: Value, type: DataType, dims?: readonly Dimension[]): ValueInfoProto {
  const named = (value: string) => ({ case: 'dimParam' as const, value });
  const shape = dims && {
    dim: dims.map((size) => {
      if (typeof size === 'string') return { value: named(size) };
      return { value: size < 0 ? named(`${name}_size`) : { case: 'dimValue' as const, value: BigInt(size) } };
    }),
  };
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: DATA_TYPE[type], ...(shape && { shape }) } } },
  });
}
