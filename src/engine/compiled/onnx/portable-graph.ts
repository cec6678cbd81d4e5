import { GraphBuilder, type Attribute, type Value } from './graph.ts';

/**
 * How many samples a program is traced with whose number is to stay free. A prime that no size of a model is a multiple
 * of, so that wherever a shape has one, it is that number. Nothing of this size is ever made: tracing computes nothing.
 */
export const ANY_BATCH = 1_000_003;

/**
 * A graph for others to run, on any number of samples: operators as ONNX has them, where those that train are lowered to
 * what is fastest for weights that change. `batchOf` is an input whose first dimension is the number.
 */
export class PortableGraph extends GraphBuilder {
  readonly #batchOf: Value;
  /** Shapes that depend on the number of samples, by the name that stands for them. */
  readonly #open = new Map<Value, readonly number[]>();
  #batch: Value | undefined;

  constructor(batchOf: Value) {
    super('');
    this.#batchOf = batchOf;
  }

  override ints(values: readonly number[]): Value {
    if (!values.some(isOfBatch)) return super.ints(values);
    const name = `open_${values.join('_')}`;
    this.#open.set(name, values);
    return name;
  }

  override ops(
    type: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>>,
    outputCount: number,
  ): Value[] {
    const known = inputs.map((input) => {
      const values = this.#open.get(input);
      return values === undefined ? input : this.#shape(type, values);
    });
    return super.ops(type, known, attributes, outputCount);
  }

  /** A Reshape finds one size by itself; all else must be told it. */
  #shape(type: string, values: readonly number[]): Value {
    if (type === 'Reshape' && values.filter(isOfBatch).length === 1) {
      return super.ints(values.map((value) => (isOfBatch(value) ? -1 : value)));
    }
    this.#batch ??= super.ops('Shape', [this.#batchOf], { start: 0, end: 1 }, 1)[0]!;
    const sizes = values.map((value) =>
      isOfBatch(value) ? this.op('Mul', [this.#batch!, super.ints([value / ANY_BATCH])]) : super.ints([value]),
    );
    return sizes.length === 1 ? sizes[0]! : this.op('Concat', sizes, { axis: 0 });
  }
}

function isOfBatch(value: number): boolean {
  return value > 0 && value % ANY_BATCH === 0;
}
