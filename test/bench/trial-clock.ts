import type { Engine, Scan, ScanProgram } from '../../src/engine/engine.ts';

/** Where the time of one trial goes, seen from its engine: what lies between two epochs of training is not training. */
export class TrialClock {
  totalMs = 0;
  /** From the last training run of each epoch to the next epoch's beginning, and to the end of the trial. */
  idleMs = 0;
  /** Compiling and running the programs that do not train. */
  evaluationMs = 0;
  readonly #startedMs = performance.now();
  #trainedMs: number | undefined;

  /** The engine, as the trial shall use it. */
  watch(engine: Engine): Engine {
    return {
      choice: engine.choice,
      library: engine.library,
      prepare: (program) => (isTraining(program) ? this.#training(engine, program) : this.#other(engine, program)),
    };
  }

  /** The trial has ended. */
  stop(): void {
    this.#endPause();
    this.totalMs = performance.now() - this.#startedMs;
  }

  /** A trial prepares the training program once an epoch, before it makes that epoch's first inputs. */
  async #training(engine: Engine, program: ScanProgram): Promise<Scan> {
    this.#endPause();
    const scan = await engine.prepare(program);
    return {
      run: async (inputs) => {
        const result = await scan.run(inputs);
        this.#trainedMs = performance.now();
        return result;
      },
    };
  }

  async #other(engine: Engine, program: ScanProgram): Promise<Scan> {
    const scan = await this.#evaluating(() => engine.prepare(program));
    return { run: (inputs) => this.#evaluating(() => scan.run(inputs)) };
  }

  async #evaluating<T>(work: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    const result = await work();
    this.evaluationMs += performance.now() - startedMs;
    return result;
  }

  #endPause(): void {
    if (this.#trainedMs !== undefined) this.idleMs += performance.now() - this.#trainedMs;
    this.#trainedMs = undefined;
  }
}

/** Only a program that trains carries weights from step to step. */
function isTraining(program: ScanProgram): boolean {
  return Object.keys(program.state).length > 0;
}
