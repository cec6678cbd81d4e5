/** A finished run as its live view had it at a moment: told backwards from what is recorded. */
import type { ProgressState, RunningTrial } from '../../src/analysis/progress/progress-state.ts';
import { watchedProgress } from '../../src/analysis/progress/watched-sweep.ts';
import type { ReadModel, TrialRecord } from '../../src/store/read-model.ts';

/** What nothing was recorded of by then. */
const UNTRAINED = { epochs: 0, seconds: 0, bestEpoch: null, lastElbo: null, metrics: {} } as const;

/** `share` of the time between its first attempt and its last: 0 to 1. Epochs of an attempt count as equally long. */
export function rewoundRun(model: ReadModel, name: string, share: number): ProgressState {
  const { sweep, trials } = model.snapshot(name)!;
  const attempts = new Map(trials.map(({ id }) => [id, model.attempts(name, id).at(-1)!]));
  const [starts, ends] = [
    [...attempts.values()].map(({ startedAt }) => startedAt.getTime()),
    [...attempts.values()].map(({ endedAt }) => endedAt!.getTime()),
  ];
  const start = Math.min(...starts);
  const nowMs = start + share * (Math.max(...ends) - start);

  /** Epochs that were done by then, the one under way in part. */
  const epochsBy = ({ id, epochs }: TrialRecord): number => {
    const { startedAt, endedAt } = attempts.get(id)!;
    const part = (nowMs - startedAt.getTime()) / (endedAt!.getTime() - startedAt.getTime());
    return epochs * Math.max(0, Math.min(part, 1));
  };
  const before = trials.map((trial): TrialRecord => {
    const { startedAt, endedAt } = attempts.get(trial.id)!;
    if (endedAt!.getTime() <= nowMs) return trial;
    if (startedAt.getTime() > nowMs) return { ...trial, ...UNTRAINED, state: 'queued' };
    const epochs = Math.floor(epochsBy(trial));
    return { ...trial, ...UNTRAINED, state: 'running', epochs, seconds: (trial.seconds * epochs) / trial.epochs };
  });
  const curves = [...model.curves(name, [sweep.objective.metric])].map(([id, all]) => {
    const epochs = before.find((trial) => trial.id === id)!.epochs;
    return [id, new Map([...all].map(([metric, points]) => [metric, points.slice(0, epochs)]))] as const;
  });
  const run = watchedProgress(
    { sweep: { ...sweep, startedAt: new Date(start) }, trials: before, outside: [] },
    new Map(curves),
    new Date(nowMs),
  );
  const running = [...run.running].map(([id, one]): [typeof id, RunningTrial] => {
    const whole = trials.find((trial) => trial.id === id)!;
    const images = one.trial.images!.train;
    const fraction = epochsBy(whole) % 1;
    return [id, { ...one, fraction, imagesPerSecond: (images * whole.epochs) / whole.seconds }];
  });
  return { ...run, running: new Map(running) };
}
