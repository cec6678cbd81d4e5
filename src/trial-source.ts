/** Where a run's trials come from, by its spec. */
import { queuedRecord } from './queued-record.ts';
import { BudgetSource } from './scheduler/budget-source.ts';
import { HalvingSource } from './scheduler/halving-source.ts';
import { LearningSource } from './scheduler/learning-source.ts';
import type { Clock } from './scheduler/clock.ts';
import type { Field } from './scheduler/cohort.ts';
import type { Emit } from './scheduler/events.ts';
import { listed, type TrialSource } from './scheduler/source.ts';
import type { RecordedProposal } from './store/proposals.ts';
import type { SweepSnapshot } from './store/read-model.ts';
import type { SweepStore } from './store/store.ts';
import type { FoldedResult, LearnedSearch } from './sweep-file/learned-search.ts';
import { count } from './text/format-number.ts';
import { pruningKey } from './sweep-file/pruning-key.ts';
import { isLearning, type SweepSpec } from './sweep-file/spec.ts';
import type { ConfigId, TrialId, TrialPlan } from './trial/trial.ts';

export interface SourceContext {
  readonly spec: SweepSpec;
  /** Undefined where all trials are known. */
  readonly search: LearnedSearch | undefined;
  readonly store: SweepStore;
  readonly clock: Clock;
  readonly emit: Emit;
  /** The plan's; of a search that learns, those of its proposals so far. */
  readonly trials: readonly TrialPlan[];
  readonly recorded: readonly RecordedProposal[];
  /** The sweep as this run found it. */
  readonly start: SweepSnapshot;
  /** Trials that are trained again. */
  readonly again: readonly TrialId[];
  /** That the sweep has run, with this run. */
  readonly hours: () => number;
}

/** With what ended it before it had given all, if anything did. */
export type RunSource = TrialSource & { readonly endedBy?: string | undefined };

export function trialSource(context: SourceContext, queued: readonly TrialPlan[]): RunSource {
  const { spec, emit, start, hours } = context;
  const { budget, until } = spec;
  const isLimited = until !== null || Object.values(budget).some((most) => most !== null);
  if (!isLimited) return unlimitedSource(context, queued);
  let limited: BudgetSource | undefined = undefined;
  const overheard: Emit = (happening) => {
    emit(happening);
    if (happening.type === 'finished' && happening.state === 'pruned') limited?.pruned(happening.trial);
  };
  const source = unlimitedSource({ ...context, emit: overheard }, queued);
  const known = [...start.trials, ...start.outside];
  const facts = { budget, until, hours, emit, seeds: spec.seeds.length, known, planned: start.trials };
  return (limited = new BudgetSource(facts, source));
}

function unlimitedSource(context: SourceContext, queued: readonly TrialPlan[]): TrialSource {
  const { spec, search, store, clock, emit, trials, start, again } = context;
  const { prune: halving, objective, train } = spec;
  const known = [...start.trials, ...start.outside];
  const pruning = pruningKey(spec, search);
  const verdicts = pruning === undefined ? [] : store.verdicts(pruning);
  const prunedResults = new Map<ConfigId, FoldedResult>(
    verdicts.flatMap(({ configId, verdict, value }) =>
      verdict === 'pruned' ? [[configId, { value, error: null }] as const] : [],
    ),
  );
  const learning = search && learner(context, search, prunedResults, queued);
  const source = learning ?? listed(queued);
  if (halving === null || pruning === undefined) return source;
  const field: Field = learning ?? {
    configurations: [...Map.groupBy(trials, ({ configId }) => configId).values()],
    isComplete: true,
  };
  const exempt = new Set([...again, ...store.revived()]);
  const cohortSize = search?.lookahead ?? Infinity;
  const facts = { halving, pruning, objective, cohortSize, epochs: train.epochs, recorded: verdicts };
  return new HalvingSource({ ...facts, store, clock, emit, known, exempt, prunedResults }, source, field);
}

function learner(
  { store, clock, emit, recorded, start }: SourceContext,
  search: LearnedSearch,
  prunedResults: ReadonlyMap<ConfigId, FoldedResult>,
  queued: readonly TrialPlan[],
): LearningSource {
  const { kind, because } = search;
  if (because !== null) emit({ type: 'log', trial: null, level: 'info', message: `search: ${kind} is ${because}` });
  const known = [...start.trials, ...start.outside];
  const recordOf = (trial: TrialPlan) => queuedRecord(trial, start.sweep.name);
  return new LearningSource({ search, store, clock, emit, recorded, known, prunedResults, recordOf }, queued);
}

/** A search that learns, and patience, leave slots idle rather than let what is trained depend on how many there are. */
export function idleSlots({ search, until, seeds }: SweepSpec, capacity: number): string | undefined {
  const isPatient = until !== null && until.patience !== null;
  if (!isLearning(search) && !isPatient) return undefined;
  const { lookahead } = isLearning(search) ? search : until!;
  const most = lookahead * seeds.length;
  if (capacity <= most) return undefined;
  const needed = Math.ceil(capacity / seeds.length);
  return `${capacity - most} of ${capacity} slots stay idle: ${isLearning(search) ? 'the search' : '`patience`'} has at most ${count(most, 'trial')} in training at a time. Write \`lookahead: ${needed}\` in the spec to use all`;
}
