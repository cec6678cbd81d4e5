import * as ort from 'onnxruntime-node';
import {
  sizeOf,
  type Arrays,
  type Engine,
  type Scan,
  type ScanInputs,
  type ScanProgram,
  type ScanResult,
  type TensorSpecs,
  type EngineChoice,
} from '../engine.ts';
import { explainFailure } from './explain-failure.ts';
import { traceScan } from './trace-scan.ts';

/**
 * Sessions kept ready: those of two shapes of model, each of which trains, evaluates and decodes. A session holds its
 * graph and its working memory, up to hundreds of megabytes.
 */
const MAX_SESSIONS = 6;

interface CompiledScan extends Scan {
  release(): Promise<void>;
}

/** Runs programs natively: traced once to ONNX, then executed by ONNX Runtime, one thread per session. */
export class CompiledEngine implements Engine {
  readonly choice: EngineChoice;
  /** Least recently used first. */
  readonly #scans = new Map<string, Promise<CompiledScan>>();

  constructor(provider: EngineChoice['provider']) {
    this.choice = { engine: 'compiled', provider };
    // What goes wrong is thrown; the library would also print it.
    ort.env.logLevel = 'fatal';
  }

  /** A scan is good until so many others have been prepared that it is the least recently used. */
  async prepare(program: ScanProgram): Promise<Scan> {
    const scan = this.#scans.get(program.key) ?? this.#compile(program);
    this.#scans.delete(program.key);
    this.#scans.set(program.key, scan);
    try {
      const ready = await scan;
      await this.#evict();
      return ready;
    } catch (error) {
      // What could not be compiled, for want of memory perhaps, may be tried again.
      this.#scans.delete(program.key);
      throw error;
    }
  }

  /** The garbage collector does not see a session's native memory, and would let it pile up. */
  async #evict(): Promise<void> {
    for (const [key, scan] of this.#scans) {
      if (this.#scans.size <= MAX_SESSIONS) return;
      this.#scans.delete(key);
      await (await scan).release();
    }
  }

  async #compile(program: ScanProgram): Promise<CompiledScan> {
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
      release: () => session.release(),
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
      // A pattern is planned and held on top of the arena: 80 MB more for a convolutional model, and not a step faster.
      enableMemPattern: false,
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
