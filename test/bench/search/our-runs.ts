/** Regret curves of our samplers: each run in one of as many threads as there are cores. */
import os from 'node:os';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { bayes } from '../../../src/search/bayes.ts';
import type { Sampler } from '../../../src/search/sampler.ts';
import { tpe } from '../../../src/search/tpe.ts';
import { regrets } from '../regret.ts';
import type { Run } from './curves.ts';
import { PROBLEMS } from './settings.ts';

export const OURS: Readonly<Record<string, () => Sampler>> = { bayes, tpe: () => tpe };

export interface Task extends Omit<Run, 'regrets'> {
  readonly problem: string;
  readonly trials: number;
}

/** In the order of the tasks. */
export async function ourRuns(tasks: readonly Task[]): Promise<Run[]> {
  const runs: Run[] = [];
  let next = 0;
  const thread = async (): Promise<void> => {
    const worker = new Worker(new URL(import.meta.url));
    try {
      for (let i = next++; i < tasks.length; i = next++) {
        const answer = new Promise<number[]>((resolve, reject) => {
          worker.once('message', resolve).once('error', reject);
        });
        worker.postMessage(tasks[i]);
        runs[i] = { ...tasks[i]!, regrets: await answer };
        worker.removeAllListeners('error');
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, thread));
  return runs;
}

if (!isMainThread) {
  parentPort!.on('message', ({ problem, sampler, seed, trials, inFlight }: Task) => {
    const found = PROBLEMS.find(({ name }) => name === problem)!;
    parentPort!.postMessage(regrets(found, OURS[sampler]!(), seed, trials, inFlight));
  });
}
