import type { LostWeights } from './lost-weights.ts';
import type {
  AttemptRecord,
  CurvePoint,
  MetricCurves,
  MetricRow,
  RunRecord,
  SweepRecord,
  TrialRecord,
} from '../../store/read-model.ts';
import type { LateEndRecord } from '../../store/late-ends.ts';
import type { ProposalOrigin } from '../../store/proposals.ts';
import type { RecordedVerdict } from '../../store/verdicts.ts';
import { fallOf, shortfallOf, type Fall, type Shortfall } from './shortfall.ts';
import { verdictOf, type TrialVerdict } from './verdict.ts';

export interface TrialSources {
  readonly sweep: SweepRecord;
  readonly trial: TrialRecord;
  /** Every recorded metric of the trial. */
  readonly metrics: Iterable<MetricRow>;
  readonly attempts: readonly AttemptRecord[];
  /** Of attempts that had been given up: they count for nothing. */
  readonly lateEnds?: readonly LateEndRecord[];
  readonly rungs?: readonly RecordedVerdict[];
  /** Paths of the trial's files, as the user should see them. */
  readonly files: readonly string[];
  readonly lostWeights?: LostWeights | undefined;
  readonly bitClass?: string | null;
  /** Of the sweep that trained it. */
  readonly runs?: readonly RunRecord[];
  readonly origin?: ProposalOrigin | undefined;
}

/** All that `sweep show` says about one trial. */
export interface TrialDetail {
  readonly trial: TrialRecord;
  readonly attempts: readonly AttemptRecord[];
  readonly lateEnds: readonly LateEndRecord[];
  /** What became of its configuration at each rung that it was judged at. */
  readonly rungs: readonly RecordedVerdict[];
  readonly files: readonly string[];
  readonly verdict: TrialVerdict;
  /** What speaks against its figures or is gone. */
  readonly shortfall: Shortfall | null;
  readonly fall: Fall | null;
  readonly lostWeights: LostWeights | null;
  /** What computed it, or computes it now, where that is known: elsewhere its bits may differ. */
  readonly bitClass: string | null;
  /** The run that its result, or its last attempt, is of; null where an earlier version kept no record. */
  readonly run: RunRecord | null;
  /** How a search came to it; null for a trial of a list. */
  readonly proposal: Proposed | null;
  /** Metrics of the last recorded epoch; empty before the first. */
  readonly last: { readonly epoch: number; readonly metrics: Readonly<Record<string, number>> } | null;
  /** The objective metric (without validation images: the training one) by epoch. */
  readonly curve: { readonly metric: string; readonly points: readonly CurvePoint[] };
  /** Every metric by epoch, but for those of the test images. */
  readonly curves: MetricCurves;
}

export interface Proposed extends Pick<ProposalOrigin, 'position' | 'sampler' | 'seen' | 'lessons' | 'lessonsOf'> {
  /** Of the results that it follows from the best, by the sweep's objective. */
  readonly best: { readonly metric: string; readonly value: number } | null;
  /** It went towards several objectives, whatever the best by one. */
  readonly isTraded: boolean;
}

export function describeTrial(sources: TrialSources): TrialDetail {
  const { sweep, trial, metrics, attempts, lateEnds = [], rungs = [], files } = sources;
  const { lostWeights = null, bitClass = null, runs = [], origin } = sources;
  const rows = [...metrics].filter((row) => row.trial === trial.id);
  const trained = rows.filter(({ name }) => !name.startsWith('test/'));
  const lastEpoch = trained.reduce((last, { epoch }) => Math.max(last, epoch), 0);
  const lastMetrics = trained
    .filter(({ epoch }) => epoch === lastEpoch)
    .map(({ name, value }) => [name, value] as const);
  const objective = sweep.objective.metric;
  const metric = trained.some(({ name }) => name === objective)
    ? objective
    : objective.replace(/^(val|test)\//, 'train/');
  const inOrder = trained.toSorted((a, b) => a.epoch - b.epoch);
  const curves = new Map(
    [...Map.groupBy(inOrder, ({ name }) => name)].map(([name, points]) => {
      return [name, points.map(({ epoch, value }) => ({ epoch, value }))] as const;
    }),
  );
  return {
    trial,
    attempts,
    lateEnds,
    rungs,
    files,
    bitClass,
    verdict: verdictOf(trial, curves),
    run: runOf(attempts, runs),
    proposal: origin === undefined ? null : proposedBy(origin, sweep.objective),
    shortfall: (trial.state === 'completed' && shortfallOf(trial.metrics)) || null,
    fall: fallOf(trial) ?? null,
    lostWeights,
    last: lastEpoch === 0 ? null : { epoch: lastEpoch, metrics: Object.fromEntries(lastMetrics) },
    curve: { metric, points: curves.get(metric) ?? [] },
    curves,
  };
}

function proposedBy(
  { least, most, isTraded, ...origin }: ProposalOrigin,
  { metric, goal }: SweepRecord['objective'],
): Proposed {
  const value = goal === 'minimize' ? least : most;
  return { ...origin, best: value === null ? null : { metric, value }, isTraded: isTraded === 1 };
}

/** Runs of a sweep follow each other, and an attempt is of the one that had begun last. */
function runOf(attempts: readonly AttemptRecord[], runs: readonly RunRecord[]): RunRecord | null {
  const attempt = attempts.findLast(({ outcome }) => outcome === 'completed') ?? attempts.at(-1);
  return (attempt && runs.findLast(({ startedAt }) => startedAt <= attempt.startedAt)) ?? null;
}
