/** `sweep export --format tensorboard -o DIR`. */
import path from 'node:path';
import { logOfExperiment, logOfTrial } from '../../exports/tensorboard/log-of-trial.ts';
import type { ReadModel, SweepSnapshot } from '../../store/read-model.ts';
import { checkNewFolder, writeFolder } from './new-folder.ts';

/** @throws SweepError USAGE for a folder that holds something, or can't be written */
export function writeTensorBoard(snapshot: SweepSnapshot, results: ReadModel, folder: string): void {
  checkNewFolder(folder, ', which TensorBoard would show as part of this sweep');
  const { sweep } = snapshot;
  const file = `events.out.tfevents.${Math.floor(sweep.startedAt.getTime() / 1000)}.vae-sweep`;
  writeFolder(folder, (write) => {
    write(file, logOfExperiment(snapshot));
    for (const trial of snapshot.trials) {
      const metrics = [...results.metrics(sweep.name, trial.id)];
      const attempts = results.attempts(trial.reusedFrom ?? sweep.name, trial.id);
      const run = `${trial.id}-seed${trial.seed}`;
      write(path.join(run, file), logOfTrial(trial, metrics, attempts, sweep.startedAt));
    }
  });
}
