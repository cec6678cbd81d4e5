import type { RunResult } from '../../src/run/run-result.ts';
import { runSweep, type RunOptions } from '../../src/sweep.ts';
import { ToyExecutor } from './toy-executor.ts';
import { toySurroundings } from './toy-surroundings.ts';

/**
 * Runs a sweep as `sweep run` does, but for what trains: toy trials, in this process and at once. For tests of what is
 * recorded and answered, not of numbers: the toy's metrics follow from beta, seed and epoch alone.
 */
export function toyRun(
  options: Pick<RunOptions, 'specFile' | 'resultsDir' | 'overrides' | 'dataDir'>,
): Promise<RunResult> {
  return runSweep({ device: 'cpu', ...options }, () => undefined, toySurroundings(new ToyExecutor()));
}
