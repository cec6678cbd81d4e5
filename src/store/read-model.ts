/** What status, report, compare, show, export and plan read. Implementations open the database read-only. */
import type { LateEndRecord } from './late-ends.ts';
import type { ProposalOrigin, RecordedProposal } from './proposals.ts';
import type { RecordedVerdict } from './verdicts.ts';
import type { Lesson } from '../sweep-file/expansion/learned-search.ts';
import type { TrialState } from '../trial/state.ts';
import type { ConfigId, Objective, TrialConfig, TrialId, TrialPhase } from '../trial/trial.ts';

export type SweepState = 'running' | 'interrupted' | 'finished' | 'failed';

/** What the user says of a sweep or a trial; of a trial whichever sweeps it is in. */
export interface UserMarks {
  /** In order. */
  readonly tags: readonly string[];
  readonly note: string | null;
}

export interface SweepRecord extends UserMarks {
  readonly name: string;
  /**
   * `interrupted` also when the last coordinator is gone without a word. Trials and attempts that it left running are
   * `queued` and `lost` to every reader then, as the next run will record them.
   */
  readonly state: SweepState;
  readonly objective: Objective;
  readonly evaluateTest: 'selected' | 'all';
  readonly specText: string;
  readonly overrides: readonly string[];
  readonly swept: readonly string[];
  readonly datasetFingerprint: string;
  readonly createdAt: Date;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** How many trials there are to be, where not all are known yet: a search that learns proposes them one after another. */
  readonly plannedTrials: number | null;
  readonly coordinator: { readonly host: string; readonly pid: number; readonly heartbeatAt: Date } | null;
}

export interface TrialRecord extends UserMarks {
  readonly sweep: string;
  readonly id: TrialId;
  readonly configId: ConfigId;
  readonly seed: number;
  readonly state: TrialState;
  readonly cause: string | null;
  readonly config: TrialConfig;
  /** `config.parameters` in the user's spelling, e.g. `{"architecture":"mlp","beta":1,"latent_dim":10,…}`. */
  readonly params: Readonly<Record<string, unknown>>;
  /**
   * Metrics at the best epoch (`train/…`, `val/…`, `test/…` where computed); empty before the first epoch. Of the training
   * that the state tells of, as all that follows: while a trial is trained again on demand, its result before is not told.
   */
  readonly metrics: Readonly<Record<string, number>>;
  /** 1-based; null before the first epoch. */
  readonly bestEpoch: number | null;
  /** Epochs recorded so far. */
  readonly epochs: number;
  /** `val/elbo` of the last of them; null without one, and in a snapshot of the objective alone. */
  readonly lastElbo: number | null;
  /** Sum of the recorded epochs' wall time. */
  readonly seconds: number;
  /** The same of the CPU time of the thread that trained it, over all its attempts; null where any of it is not known. */
  readonly cpuSeconds: number | null;
  /** Like `attempts`, of the sweep that trained it where the result was taken over. */
  readonly device: string | null;
  /** What computed it there (see training/bit-class.ts); null where that is not on record, as for all of an older version. */
  readonly bitClass: string | null;
  readonly attempts: number;
  readonly klPerDimension: readonly number[] | null;
  readonly trainableWeights: number | null;
  /** Another sweep whose result this is, if it was taken over. Its folder holds the files. */
  readonly reusedFrom: string | null;
  /** It waits after this epoch until its cohort is judged, in the state queued; null or absent for all others. */
  readonly pausedAt?: number | null;
  /** In a sweep that confirms its best configurations with more seeds; null or absent in all others, and outside of the plan. */
  readonly phase?: TrialPhase | null;
  /** The trial of fewer epochs whose checkpoint it began from, and how many of its epochs were trained there; null or absent for all others. */
  readonly wentOnFrom?: TrialId | null;
  readonly wentOnAfter?: number | null;
  /** How many more epochs were trained of it, and gave way to those of a training that could not go on from them; absent for none. */
  readonly supersededEpochs?: number;
  /** What of `seconds` was trained there. */
  readonly wentOnSeconds?: number | null;
  /** It was pruned, and trains to its last epoch on demand; false or absent for all others. */
  readonly isRevived?: boolean;
  /** Whether the sweep's present plan names it. One that an edit or an override dropped keeps all it has. */
  readonly inPlan: boolean;
  /** How many images its settings come to; null for a trial of an older version, until the next run in this folder. */
  readonly images: { readonly train: number; readonly validation: number } | null;
  /** The arithmetic that computes it (see trial/identity.ts); 2 stands for 2 or earlier. */
  readonly numericsVersion: number;
}

export interface AttemptRecord {
  readonly attempt: number;
  /** Null, like the engine, for an attempt that was lost before its job had started. */
  readonly device: string | null;
  readonly engine: string | null;
  /** What computed it; null also for an attempt of an older version. */
  readonly bitClass: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly outcome: string | null;
  readonly cause: string | null;
}

/** Which program ran, on what, and the commit of the spec's folder. */
export interface Provenance {
  readonly host: string;
  /** By package, and `node`. */
  readonly versions: Readonly<Record<string, string>>;
  /** `linux-x64`. */
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  /** `changes`: a hash of what was not committed; null for nothing. */
  readonly git: { readonly commit: string; readonly changes: string | null } | null;
}

/** One `sweep run`. */
export interface RunRecord extends Provenance {
  readonly startedAt: Date;
  /** Null while it runs, and for ever where it was killed. */
  readonly endedAt: Date | null;
  /** Its end; of one that was killed, and of one that runs, its last sign of life on record. */
  readonly seenAt: Date;
  readonly outcome: 'finished' | 'interrupted' | 'failed' | null;
  /** CPU time of its coordinator and device processes; null where it is not known, as of a run that didn't end by itself. */
  readonly cpuSeconds: number | null;
  readonly specText: string;
  readonly overrides: readonly string[];
}

export interface MetricRow {
  readonly trial: TrialId;
  readonly attempt: number;
  readonly epoch: number;
  readonly step: number;
  readonly name: string;
  readonly value: number;
}

export interface CurvePoint {
  readonly epoch: number;
  readonly value: number;
}

/** Metrics by name, each from its first recorded epoch on. */
export type MetricCurves = ReadonlyMap<string, readonly CurvePoint[]>;

/** Of a trial without an epoch. */
export const NO_CURVES: MetricCurves = new Map();

/**
 * Which metrics a snapshot's trials carry: all, or the objective alone (of every split), which is enough to rank them and
 * a fraction of the rows.
 */
export type SnapshotMetrics = 'all' | 'objective';

export interface SweepSnapshot {
  readonly sweep: SweepRecord;
  /** Trials of the present plan, in plan order. */
  readonly trials: readonly TrialRecord[];
  /** The sweep's other trials, which earlier plans named. */
  readonly outside: readonly TrialRecord[];
}

export interface ReadModel extends Disposable {
  /** The database's path. */
  readonly file: string;
  /** Of a copy that the process made which has the database alone, as on a network file system: when. */
  readonly copiedAt?: Date | undefined;
  /** Newest first by last start. */
  sweeps(): SweepRecord[];
  /** Undefined when there is no such sweep. One consistent moment. By default with all metrics. */
  snapshot(sweep: string, metrics?: SnapshotMetrics): SweepSnapshot | undefined;
  /** Trials whose id starts with `prefix`, in all sweeps or one, also those outside of their sweep's plan. */
  trialsByPrefix(prefix: string, sweep?: string): TrialRecord[];
  /** How many digits, six or more, tell the ids of all trials in the results folder apart. */
  idLength(): number;
  /**
   * The sweep whose result of a trial another one takes over, for each trial completed outside of `sweep`: one that
   * trained it itself, the first of several. None for a trial that is trained again on demand.
   */
  completedElsewhere(sweep: string): ReadonlyMap<TrialId, string>;
  /** Every recorded metric of the plan's trials, then of the others, in order of epoch and name. */
  metrics(sweep: string, trial?: TrialId): Iterable<MetricRow>;
  /** These metrics of the sweep's trials, or of some of them, also of those outside the plan; none of what has no epoch yet. */
  curves(sweep: string, names: readonly string[], trials?: readonly TrialId[]): ReadonlyMap<TrialId, MetricCurves>;
  /** What a search of a sweep has proposed, in order. */
  proposals(sweep: string, search: string): RecordedProposal[];
  /** Which configurations were chosen to be confirmed, as `SweepStore.chosen`. */
  chosen(sweep: string, choice: string, top: number): ReadonlySet<ConfigId> | undefined;
  /** What a search of a sweep began from, in order; none of a version that knew none. */
  lessons(sweep: string, search: string): Lesson[];
  /** Who proposed each configuration (`try`, `even`, or the search that had learnt); none of what no search proposed. */
  samplers(sweep: string): ReadonlyMap<ConfigId, string>;
  /** How a search of the sweep came to a trial; undefined where none did. */
  origin(sweep: string, trial: TrialId): ProposalOrigin | undefined;
  /** What became of a configuration of a sweep at each rung it was judged at, in order. */
  verdicts(sweep: string, configuration: ConfigId): RecordedVerdict[];
  /** Trials of a sweep that the next plan leaves pruned, under this way to prune (sweep-file/expansion/pruning-key.ts). */
  leftPruned(sweep: string, pruning: string): ReadonlySet<TrialId>;
  attempts(sweep: string, trial: TrialId): AttemptRecord[];
  /** In the order in which they were told. */
  lateEnds(sweep: string, trial: TrialId): LateEndRecord[];
  /** Oldest first; none of versions that kept no record. */
  runs(sweep: string): RunRecord[];
}
