import * as ort from 'onnxruntime-node';
import type { EngineChoice } from '../../executor/protocol.ts';
import {
  sizeOf,
  type Arrays,
  type Engine,
  type Scan,
  type ScanInputs,
  type ScanProgram,
  type ScanResult,
  type TensorSpecs,
} from '../engine.ts';
import { explainFailure } from './explain-failure.ts';
import { traceScan } from './trace-scan.ts';

/** Sessions kept ready; each holds its graph and its working memory. */
const MAX_SESSIONS = 8;

/** Runs programs natively: traced once to ONNX, then executed by ONNX Runtime, one thread per session. */
export class CompiledEngine implements Engine {
  readonly choice: EngineChoice;
  /** Least recently used first. */
  readonly #scans = new Map<string, Promise<Scan>>();

  constructor(provider: EngineChoice['provider']) {
    this.choice = { engine: 'compiled', provider };
    // What goes wrong is thrown; the library would also print it.
    ort.env.logLevel = 'fatal';
  }

  prepare(program: ScanProgram): Promise<Scan> {
    const scan = this.#scans.get(program.key) ?? this.#compile(program);
    this.#scans.delete(program.key);
    this.#scans.set(program.key, scan);
    for (const key of this.#scans.keys()) {
      if (this.#scans.size <= MAX_SESSIONS) break;
      this.#scans.delete(key);
    }
    return scan;
  }

  async #compile(program: ScanProgram): Promise<Scan> {
    const { model, outputs } = traceScan(program);
    const session = await createSession(this.choice.provider, model);
    return {
      async run(inputs: ScanInputs): Promise<ScanResult> {
        const fetched = await session.run({
          count: new ort.Tensor('int64', BigInt64Array.of(BigInt(inputs.count)), []),
          ...feeds(program.state, inputs.state),
          ...feeds(program.constants, inputs.constants),
          ...feeds(program.steps, inputs.steps, inputs.count),
        });
        const read = (names: Readonly<Record<string, string>>): Record<string, Float32Array> =>
          Object.fromEntries(
            Object.entries(names).map(([name, value]) => [name, fetched[value]!.data as Float32Array]),
          );
        return { state: read(outputs.state), outputs: read(outputs.steps) };
      },
    };
  }
}

async function createSession(provider: EngineChoice['provider'], model: Uint8Array): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: [provider],
      // Parallelism is across trials; one thread also keeps sums in one order.
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      // Only fatal: what fails is thrown, and explained there.
      logSeverityLevel: 4,
    });
  } catch (error) {
    throw explainFailure(provider, error);
  }
}

/** Tensors over the given arrays, without copying. A free first dimension follows from the array's length. */
function feeds(specs: TensorSpecs, arrays: Arrays, count?: number): Record<string, ort.Tensor> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, type = 'float32' }]) => {
      const data = arrays[name];
      if (!data) throw new Error(`the program needs an input ${name}`);
      const fixed = shape[0] === -1 ? shape.slice(1) : shape;
      const dims = shape[0] === -1 ? [data.length / sizeOf(fixed), ...fixed] : shape;
      return [name, new ort.Tensor(type, data as Float32Array, count === undefined ? dims : [count, ...dims])];
    }),
  );
}
