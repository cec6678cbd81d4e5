/** Where a run's trials come from, by its spec. */
import type { GoOn } from '../analysis/progress/go-on.ts';
import { queuedRecord } from './queued-record.ts';
import { ConfirmingSource } from '../scheduler/sources/confirming-source.ts';
import { BudgetLimit } from '../scheduler/sources/budget-limit.ts';
import { LimitedSource } from '../scheduler/sources/limited-source.ts';
import { UntilLimit } from '../scheduler/sources/until-limit.ts';
import { bestFirst } from '../scheduler/best-first.ts';
import { PruningSource } from '../scheduler/sources/pruning-source.ts';
import { LearningSource, type LearningContext } from '../scheduler/sources/learning-source.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { Field } from '../scheduler/sources/cohort.ts';
import type { Emit } from '../scheduler/events.ts';
import { fromList, type TrialSource } from '../scheduler/sources/source.ts';
import type { RecordedProposal } from '../store/proposals.ts';
import type { SweepSnapshot } from '../store/read-model.ts';
import type { SweepStore } from '../store/store.ts';
import type { FoldedResult, LearnedSearch } from '../sweep-file/expansion/learned-search.ts';
import { pruningKey } from '../sweep-file/expansion/pruning-key.ts';
import type { SweepSpec } from '../sweep-file/spec.ts';
import type { Confirmation } from '../sweep-file/expansion/confirmation.ts';
import type { ConfigId, TrialId, TrialPhase, TrialPlan } from '../trial/trial.ts';

export interface SourceContext {
  readonly spec: SweepSpec;
  /** Undefined where all trials are known. */
  readonly search: LearnedSearch | undefined;
  readonly confirmation: Confirmation | undefined;
  /** The best are on record. */
  readonly isChosen: boolean;
  readonly store: SweepStore;
  readonly clock: Clock;
  readonly emit: Emit;
  /** The plan's; of a search that learns, those of its proposals so far; with those that confirm. */
  readonly trials: readonly TrialPlan[];
  readonly recorded: readonly RecordedProposal[];
  /** The sweep as this run found it. */
  readonly start: SweepSnapshot;
  /** Trials that are trained again. */
  readonly again: readonly TrialId[];
  readonly goOn: GoOn;
  /** That the sweep has run, with this run. */
  readonly hours: () => number;
}

export function trialSource(context: SourceContext, queued: readonly TrialPlan[]): TrialSource {
  const { spec, confirmation, isChosen, store, clock, emit, start, trials, search } = context;
  const [confirming, screening] = [true, false].map((which) => queued.filter((one) => isConfirming(one) === which));
  const { source, field } = limitedSource(context, screening!);
  if (confirmation === undefined) return source;
  const screened = trials.filter((one) => !isConfirming(one)).length;
  const facts = {
    ...{ confirmation, objective: spec.objective, store, clock, emit, known: [...start.trials, ...start.outside] },
    planned: search === undefined ? screened : search.proposals * search.seeds.length,
    recordOf: (trial: TrialPlan) => queuedRecord(trial, start.sweep.name),
  };
  return new ConfirmingSource(facts, source, field, isChosen ? confirming : undefined);
}

function isConfirming({ phase }: { readonly phase?: TrialPhase | null }): boolean {
  return phase === 'confirm';
}

/** A source, with the configurations that it is of as far as it knows them. */
interface Sourced {
  readonly source: TrialSource;
  readonly field: Field;
}

function limitedSource(context: SourceContext, queued: readonly TrialPlan[]): Sourced {
  const { spec, confirmation, store, emit, start, hours, goOn } = context;
  const { budget, until, train } = spec;
  const isLimited = until !== null || Object.values(budget).some((most) => most !== null);
  if (!isLimited) return unlimitedSource(context, queued);
  let limited: LimitedSource | undefined = undefined;
  const overheard: Emit = (happening) => {
    emit(happening);
    if (happening.type === 'finished' && happening.state === 'pruned') limited?.pruned(happening.trial);
  };
  const { source, field } = unlimitedSource({ ...context, emit: overheard }, queued);
  // What confirms is kept back from the budget, and so takes no part in what is counted.
  const [planned, outside] = [start.trials, start.outside].map((some) => some.filter((one) => !isConfirming(one)));
  const kept = confirmation?.most ?? 0;
  const facts = {
    ...{ budget, hours, seeds: spec.seeds.length, prunes: spec.prune !== null },
    reserve: { trials: kept, epochs: kept * train.epochs },
    known: [...planned!, ...outside!],
    planned: context.trials.filter((one) => !isConfirming(one)),
    field,
    goesOnAfter: (trial: TrialPlan): number => goOn.from(trial)?.epochs ?? 0,
    epochsOf: (trial: TrialId) => store.epochsOf(trial),
    wasCompleted: (trial: TrialId) => store.resultBefore(trial) !== undefined,
  };
  const untilLimit = until === null ? undefined : new UntilLimit(until, spec.seeds.length, planned!);
  limited = new LimitedSource(source, new BudgetLimit(facts, source), untilLimit, emit);
  return { source: limited, field };
}

function unlimitedSource(context: SourceContext, queued: readonly TrialPlan[]): Sourced {
  const { spec, search, store, clock, emit, start, again } = context;
  const trials = context.trials.filter((one) => !isConfirming(one));
  const { prune, objective, train } = spec;
  const known = [...start.trials, ...start.outside];
  const pruning = pruningKey(spec, search);
  const verdicts = pruning === undefined ? [] : store.verdicts(pruning);
  const prunedResults = new Map<ConfigId, FoldedResult>(
    verdicts.flatMap(({ configId, verdict, value }) =>
      verdict === 'pruned' ? [[configId, { value, error: null }] as const] : [],
    ),
  );
  const judge: { pruner?: PruningSource } = {};
  const isToBeJudged = (trial: TrialPlan): boolean =>
    pruning !== undefined && judge.pruner?.isToBeJudged(trial) !== false;
  // As they were given when their rung was judged.
  const inTurn = bestFirst(queued, verdicts);
  const learning = search && learner(context, search, { prunedResults, isToBeJudged }, inTurn);
  const source = learning ?? fromList(inTurn);
  const field: Field = learning ?? {
    configurations: [...Map.groupBy(trials, ({ configId }) => configId).values()],
    isComplete: true,
  };
  if (prune === null || pruning === undefined) return { source, field };
  const exempt = new Set([...again, ...store.revived()]);
  const facts = { prune, pruning, objective, epochs: train.epochs, recorded: verdicts };
  const pruningFacts = { ...facts, store, clock, emit, known, exempt, prunedResults };
  judge.pruner = new PruningSource(pruningFacts, source, field);
  return { source: judge.pruner.begin(), field };
}

function learner(
  { store, clock, emit, recorded, start }: SourceContext,
  search: LearnedSearch,
  judging: Pick<LearningContext, 'prunedResults' | 'isToBeJudged'>,
  queued: readonly TrialPlan[],
): LearningSource {
  const { kind, because } = search;
  if (because !== null) emit({ type: 'log', trial: null, level: 'info', message: `search: ${kind} is ${because}` });
  const known = [...start.trials, ...start.outside];
  const recordOf = (trial: TrialPlan) => queuedRecord(trial, start.sweep.name);
  return new LearningSource({ search, store, clock, emit, recorded, known, recordOf, ...judging }, queued);
}
