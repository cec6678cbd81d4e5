import type { MetricCurves, SweepSnapshot } from '../../store/read-model.ts';
import type { TrialId } from '../../trial/trial.ts';

export interface EqualEpochs {
  readonly snapshot: SweepSnapshot;
  /** After how many epochs all are looked at; null where nothing was pruned, and each is what it came to. */
  readonly epoch: number | null;
}

/** The fewest epochs after which a trial was pruned; null where none was. */
export function firstPruned({ trials }: Pick<SweepSnapshot, 'trials'>): number | null {
  const pruned = trials.filter(({ state, epochs }) => state === 'pruned' && epochs > 0);
  return pruned.length === 0 ? null : Math.min(...pruned.map(({ epochs }) => epochs));
}

/**
 * What parameters do, told without bias where trials were pruned: those that were trained to the end were chosen for how they
 * did, so averages over them alone hide what the others lacked. So all are looked at after equally many epochs: of the first
 * that were pruned. Trials that have fewer are left as they are.
 * @param curves the metrics that are looked at
 */
export function atEqualEpochs(snapshot: SweepSnapshot, curves: ReadonlyMap<TrialId, MetricCurves>): EqualEpochs {
  const epoch = firstPruned(snapshot);
  if (epoch === null) return { snapshot, epoch };
  const trials = snapshot.trials.map((trial) => {
    const metrics = [...(curves.get(trial.id) ?? [])].flatMap(([name, points]) => {
      const value = points.find((point) => point.epoch === epoch)?.value;
      return value === undefined ? [] : [[name, value] as const];
    });
    if (metrics.length === 0 || trial.state === 'diverged' || trial.state === 'failed') return trial;
    return { ...trial, state: 'completed' as const, metrics: Object.fromEntries(metrics) };
  });
  return { snapshot: { ...snapshot, trials }, epoch };
}
