/** `sweep export --format tensorboard -o DIR`: a folder that is whole, or not there. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf, SweepError } from '../errors.ts';
import { logOfExperiment, logOfTrial } from '../exports/tensorboard/log-of-trial.ts';
import type { ReadModel, SweepSnapshot } from '../store/read-model.ts';

/** @throws SweepError USAGE for a folder that holds something, or can't be written */
export function writeTensorBoard(snapshot: SweepSnapshot, results: ReadModel, folder: string): void {
  if (existsSync(folder) && (!statSync(folder).isDirectory() || readdirSync(folder).length > 0)) {
    const what = `${folder} holds something already, which TensorBoard would show as part of this sweep.`;
    throw new SweepError('USAGE', `${what} Name a new folder with -o, or remove it.`);
  }
  const target = path.resolve(folder);
  const temporary = `${target}.${process.pid}.tmp`;
  const { sweep } = snapshot;
  const file = `events.out.tfevents.${Math.floor(sweep.startedAt.getTime() / 1000)}.vae-sweep`;
  const write = (run: string, log: Buffer): void => {
    mkdirSync(path.join(temporary, run), { recursive: true });
    writeFileSync(path.join(temporary, run, file), log);
  };
  try {
    write('.', logOfExperiment(snapshot));
    for (const trial of snapshot.trials) {
      const metrics = [...results.metrics(sweep.name, trial.id)];
      const attempts = results.attempts(trial.reusedFrom ?? sweep.name, trial.id);
      write(`${trial.id}-seed${trial.seed}`, logOfTrial(trial, metrics, attempts, sweep.startedAt));
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!(error as NodeJS.ErrnoException).syscall) throw error;
    throw new SweepError('USAGE', `Can't write ${folder}: ${messageOf(error)}`, { cause: error });
  }
}
