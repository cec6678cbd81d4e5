import * as ort from './onnx-runtime.ts';
import type { EngineChoice } from '../choice.ts';
import type { Engine, Scan, ScanProgram } from '../engine.ts';
import { compileDeviceStepScan } from './device-step-scan.ts';
import { compileLoopScan } from './loop-scan.ts';
import type { CompiledScan } from './session.ts';
import { compileStepScan } from './step-scan.ts';

/**
 * Sessions kept ready: those of two shapes of model, each of which trains, evaluates and decodes. A session holds its
 * graph and its working memory, up to hundreds of megabytes.
 */
const MAX_SESSIONS = 6;

type MaybeLater<T> = T | Promise<T>;
type Compile = (program: ScanProgram, provider: EngineChoice['provider']) => MaybeLater<CompiledScan>;

/** What is fastest on each provider: between two steps the state should stay where it is computed. */
const FASTEST: Readonly<Record<EngineChoice['provider'], Compile>> = {
  cpu: compileStepScan,
  cuda: compileLoopScan,
  webgpu: compileDeviceStepScan,
};

/** Runs programs natively: traced once to ONNX, then executed by ONNX Runtime, one thread per session. */
export class CompiledEngine implements Engine {
  readonly choice: EngineChoice;
  readonly library = `ONNX Runtime ${ort.env.versions.node ?? ort.env.versions.common}`;
  readonly #compile: Compile;
  /** Least recently used first. */
  readonly #scans = new Map<string, MaybeLater<CompiledScan>>();

  constructor(provider: EngineChoice['provider'], compile: Compile = FASTEST[provider]) {
    this.choice = { engine: 'compiled', provider };
    this.#compile = compile;
    // What goes wrong is thrown; the library would also print it.
    ort.env.logLevel = 'fatal';
  }

  /** A scan is good until so many others have been prepared that it is the least recently used. */
  async prepare(program: ScanProgram): Promise<Scan> {
    const scan = this.#scans.get(program.key) ?? this.#compile(program, this.choice.provider);
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
}
