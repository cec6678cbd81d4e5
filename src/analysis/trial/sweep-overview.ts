/** A sweep trial by trial: each with its verdict, best first. */
import {
  NO_CURVES,
  type CurvePoint,
  type MetricCurves,
  type SweepSnapshot,
  type TrialRecord,
} from '../../store/read-model.ts';
import type { TrialId } from '../../trial/trial.ts';
import { measure } from '../metric.ts';
import { distinctValues, parameterNames } from '../parameters.ts';
import { byFamily } from '../families.ts';
import { rankConfigurations, type Rankable } from '../ranking.ts';
import { sweepStatus, type SweepStatus } from '../progress/status.ts';
import { countVerdicts, verdictOf, type TrialVerdict, type VerdictKind } from './verdict.ts';

export interface TrialLine {
  readonly trial: TrialRecord;
  /** The objective at the best epoch; null before the first, and where nothing is held out for it. */
  readonly value: number | null;
  readonly verdict: TrialVerdict;
  /** `val/elbo` by epoch; `train/elbo` where nothing is held out. */
  readonly curve: readonly CurvePoint[];
}

export interface SweepOverview {
  readonly status: SweepStatus;
  readonly metric: string;
  /** Parameters that differ. */
  readonly differing: readonly string[];
  /**
   * Those of the present plan: by the objective, then those without it in the plan's order; of several likelihoods, one family
   * after the other.
   */
  readonly trials: readonly TrialLine[];
  readonly verdicts: Partial<Record<VerdictKind, number>>;
  /** See `bestTrial`. */
  readonly best: TrialId | null;
}

export function overviewOf(snapshot: SweepSnapshot, curves: ReadonlyMap<TrialId, MetricCurves>): SweepOverview {
  const { sweep, trials } = snapshot;
  const { metric, goal } = sweep.objective;
  const sign = goal === 'minimize' ? 1 : -1;
  const families = byFamily(trials);
  const lines = trials.map((trial): TrialLine => {
    const own = curves.get(trial.id) ?? NO_CURVES;
    const curve = own.get('val/elbo') ?? own.get('train/elbo') ?? [];
    const value = trial.state === 'completed' ? (measure(trial, metric) ?? null) : null;
    return { trial, value, verdict: verdictOf(trial, own), curve };
  });
  return {
    status: sweepStatus(snapshot),
    metric,
    differing: parameterNames(trials, sweep.swept).filter((name) => distinctValues(trials, name).length > 1),
    trials: families.flatMap((family) => {
      const members = new Set(family.map(({ id }) => id));
      const own = lines.filter(({ trial }) => members.has(trial.id));
      return [
        ...own.filter(({ value }) => value !== null).sort((a, b) => sign * (a.value! - b.value!)),
        ...own.filter(({ value }) => value === null),
      ];
    }),
    verdicts: countVerdicts(lines.map(({ verdict }) => verdict)),
    best: families.length > 1 ? null : (bestTrial(snapshot)?.trial.id ?? null),
  };
}

/** A trial, and where its configuration stands. */
export interface BestTrial {
  readonly trial: TrialRecord;
  readonly metric: string;
  /** Completed seeds of the winner, and how many configurations are ranked. */
  readonly seeds: number;
  readonly configurations: number;
}

/** Of the configuration that leads, the seed that does best; undefined before any is completed. */
export function bestTrial(snapshot: Rankable): BestTrial | undefined {
  const { ranked, metric, goal } = rankConfigurations(snapshot);
  const [winner] = ranked;
  if (winner === undefined) return undefined;
  const sign = goal === 'minimize' ? 1 : -1;
  const measured = winner.completed.filter((trial) => measure(trial, metric) !== undefined);
  const [trial] = measured.toSorted((a, b) => sign * (measure(a, metric)! - measure(b, metric)!));
  return { trial: trial!, metric, seeds: measured.length, configurations: ranked.length };
}
