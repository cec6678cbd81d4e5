import { tf } from '../tfjs.ts';
import type { EngineChoice } from '../choice.ts';
import {
  inputArray,
  mapValues,
  sizeOf,
  type Arrays,
  type Engine,
  type Scan,
  type ScanInputs,
  type ScanProgram,
  type ScanResult,
  type TensorSpecs,
} from '../engine.ts';

/**
 * Runs programs operation by operation on a TF.js backend: its pure JavaScript one (slow: the reference that the
 * compiled engine is compared with) or TensorFlow's, by tfjs-node-gpu.
 */
export class EagerEngine implements Engine {
  readonly choice: EngineChoice;
  readonly library = `TensorFlow.js ${tf.version['tfjs']}`;
  readonly #backend: string;

  constructor(provider: EngineChoice['provider'], backend: string) {
    this.choice = { engine: 'eager', provider };
    this.#backend = backend;
  }

  prepare(program: ScanProgram): Promise<Scan> {
    return Promise.resolve({ run: (inputs: ScanInputs) => this.#run(program, inputs) });
  }

  async #run(program: ScanProgram, inputs: ScanInputs): Promise<ScanResult> {
    await tf.setBackend(this.#backend);
    // What is made within `tidy` is disposed of if it throws; what it returns is ours to dispose of.
    const constants = tf.tidy(() => upload(program.constants, inputs.constants));
    let state: Record<string, tf.Tensor> = {};
    const outputs = new Map<string, tf.Tensor[]>();
    try {
      state = tf.tidy(() => upload(program.state, inputs.state));
      for (let step = 0; step < inputs.count; step++) {
        const before = state;
        const result = tf.tidy(() => {
          const slices = upload(program.steps, inputs.steps, step);
          const { state: next, outputs: values } = program.body(before, constants, slices);
          // A body may return its argument; a clone keeps it alive when `before` is disposed.
          return {
            next: mapValues(next, (tensor) => tensor.clone()),
            values: mapValues(values, (tensor) => tensor.clone()),
          };
        });
        state = result.next;
        tf.dispose(before);
        for (const [name, value] of Object.entries(result.values)) {
          const values = outputs.get(name) ?? [];
          values.push(value);
          outputs.set(name, values);
        }
      }
      const fetched: Record<string, Float32Array> = {};
      for (const [name, values] of outputs) {
        const parts = await Promise.all(values.map((value) => value.data<'float32'>()));
        fetched[name] = concatenate(parts);
      }
      const final: Record<string, Float32Array> = {};
      // A copy: the CPU backend hands out its own storage.
      for (const [name, tensor] of Object.entries(state)) final[name] = (await tensor.data<'float32'>()).slice();
      return { state: final, outputs: fetched };
    } finally {
      tf.dispose(state);
      tf.dispose([...outputs.values()]);
      tf.dispose(constants);
    }
  }
}

function upload(specs: TensorSpecs, arrays: Arrays, step?: number): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, type }]) => {
      const array = inputArray(arrays, name);
      const size = sizeOf(shape);
      const slice = step === undefined ? array : array.subarray(step * size, (step + 1) * size);
      return [name, toTensor(slice, shape, type)];
    }),
  );
}

function toTensor(array: Arrays[string], shape: readonly number[], type: TensorSpecs[string]['type']): tf.Tensor {
  // TF.js has no uint8 tensors, and its CPU backend keeps the array it is given.
  const copy = type === 'float32' || type === undefined ? array.slice() : new Int32Array(array);
  return tf.tensor(copy, [...shape], type === 'uint8' ? 'int32' : (type ?? 'float32'));
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
