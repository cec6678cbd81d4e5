import type { FoldedResult, LearnedSearch } from '../../sweep-file/expansion/learned-search.ts';
import type { Parameters } from '../../model/parameter.ts';
import type { RecordedProposal } from '../../store/proposals.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import type { SweepStore } from '../../store/store.ts';
import { isSettled, type TrialState } from '../../trial/state.ts';
import type { ConfigId, TrialId, TrialPlan } from '../../trial/trial.ts';
import type { Clock } from '../clock.ts';
import type { Field } from './cohort.ts';
import type { Emit, Happening } from '../events.ts';
import { foldResults, type TrialEnd } from '../../analysis/search/fold-results.ts';
import type { Admission, Decision, TrialSource } from './source.ts';

export interface LearningContext {
  readonly search: LearnedSearch;
  readonly store: Pick<SweepStore, 'recordProposal' | 'planTrials'>;
  readonly clock: Clock;
  readonly emit: Emit;
  /** What the search has proposed in earlier runs. */
  readonly recorded: readonly RecordedProposal[];
  /** All trials of the sweep as this run found them, those outside its plan, too. */
  readonly known: readonly TrialRecord[];
  /** Of configurations that were pruned: what they count as. */
  readonly prunedResults?: ReadonlyMap<ConfigId, FoldedResult> | undefined;
  /** Whether a configuration is yet to be judged: what it counts as isn't known, though its trials may have ended before. */
  readonly isToBeJudged?: ((trial: TrialPlan) => boolean) | undefined;
  /** A trial as readers see it once it is queued. */
  readonly recordOf: (trial: TrialPlan) => TrialRecord;
}

interface Proposed {
  readonly position: number;
  readonly parameters: Parameters;
  readonly trials: readonly TrialPlan[];
  isTold: boolean;
}

/**
 * Trials that are proposed by the results of those before. What was proposed in earlier runs is taken as it was; the rest
 * follows, as soon as the results that it waits for are there. So at most `lookahead` configurations are open at a time. Each is
 * recorded in the transaction in which the first of its trials is claimed.
 */
export class LearningSource implements TrialSource, Field {
  readonly #context: LearningContext;
  readonly #proposed: Proposed[] = [];
  readonly #places = new Map<TrialId, Proposed>();
  readonly #ends = new Map<TrialId, TrialEnd>();
  /** Of the first proposals, as far as they are all known. A result that was seen before is what it was then. */
  readonly #results: FoldedResult[] = [];
  readonly #seen: readonly (FoldedResult | undefined)[];
  readonly #waiting: TrialPlan[];
  #isExhausted = false;
  /** That no other follows, which is to be on record. */
  #end: Decision | undefined;

  /** `queued`: the trials of recorded proposals that are not done. */
  constructor(context: LearningContext, queued: readonly TrialPlan[]) {
    const { search, recorded, known } = context;
    this.#context = context;
    this.#seen = recorded.map(({ result }) => result);
    this.#waiting = [...queued];
    const waits = new Set(queued.map(({ id }) => id));
    for (const { id, state, metrics } of known) {
      // What is queued is heard of when it ends, also where it has a result from before.
      if (!waits.has(id) && isSettled(state)) this.#ends.set(id, { state, metrics });
    }
    for (const { parameters } of recorded.slice(0, search.proposals)) this.#add(parameters, true);
    this.#goOn();
  }

  get left(): number {
    const { proposals, seeds } = this.#context.search;
    const unknown = this.#isExhausted ? 0 : Math.max(0, proposals - this.#proposed.length) * seeds.length;
    return this.#waiting.length + unknown + (this.#end === undefined ? 0 : 1);
  }

  get configurations(): (readonly TrialPlan[])[] {
    return this.#proposed.map(({ trials }) => trials);
  }

  /** Whether it proposes no other. */
  get isComplete(): boolean {
    return this.#isExhausted || this.#proposed.length >= this.#context.search.proposals;
  }

  next(): TrialPlan | Decision | undefined {
    const end = this.#end;
    this.#end = undefined;
    return end ?? this.#waiting.shift();
  }

  tell({ trial, state, summary }: Extract<Happening, { type: 'finished' }>): void {
    this.#hear(trial, state, summary?.metrics);
  }

  judged(): void {
    this.#goOn();
  }

  admit(trial: TrialPlan): Admission {
    const { search, store, clock, emit, recordOf, known } = this.#context;
    const proposed = this.#places.get(trial.id)!;
    const { position, parameters, trials } = proposed;
    const seen = this.#results.slice(0, search.seenBy(position));
    const { key } = search;
    const sampler = search.samplerAt(position);
    const place = { search: key, position, configId: trial.configId, parameters, sampler };
    const states = store.recordProposal({ ...place, seen, trials }, clock.now());
    const tell = (): void => {
      if (proposed.isTold) return;
      proposed.isTold = true;
      const before = new Map(known.map((record) => [record.id, record]));
      const records = trials.map((one) => {
        const record = before.get(one.id);
        return record !== undefined && isSettled(states.get(one.id)!) ? record : recordOf(one);
      });
      emit({ type: 'proposed', sampler, seen: seen.length, trials: records });
    };
    const state = states.get(trial.id)!;
    if (!isSettled(state)) return { isOver: false, tell };
    return {
      isOver: true,
      tell: () => {
        tell();
        this.#goOn();
      },
    };
  }

  #hear(trial: TrialId, state: TrialState, metrics: Readonly<Record<string, number>> = {}): void {
    // The first end counts: a later one is of a training again on demand.
    if (!this.#ends.has(trial)) this.#ends.set(trial, { state, metrics });
    this.#goOn();
  }

  #add(parameters: Parameters, isRecorded: boolean): Proposed {
    const { search } = this.#context;
    const proposed = {
      ...{ position: this.#proposed.length, parameters },
      ...{ trials: search.trialsOf(parameters), isTold: isRecorded },
    };
    this.#proposed.push(proposed);
    for (const { id } of proposed.trials) this.#places.set(id, proposed);
    return proposed;
  }

  /** Takes in what is known by now, and proposes what follows from it. */
  #goOn(): void {
    const { search } = this.#context;
    for (;;) {
      this.#takeResults();
      const index = this.#proposed.length;
      if (this.#isExhausted || index >= search.proposals || this.#results.length < search.seenBy(index)) return;
      const before = this.#proposed.map(({ parameters }) => parameters);
      const parameters = search.next(before, this.#results);
      if (parameters === undefined) {
        this.#isExhausted = true;
        this.#end = { record: () => this.#recordEnd(index) };
        return;
      }
      this.#waiting.push(...this.#add(parameters, false).trials);
    }
  }

  #recordEnd(configurations: number): () => void {
    const { search, store, emit } = this.#context;
    store.planTrials(configurations * search.seeds.length);
    const message = `the search ends after ${configurations} configurations: it finds no other`;
    return () => emit({ type: 'log', trial: null, level: 'warn', message });
  }

  #takeResults(): void {
    const { objective, objectives } = this.#context.search;
    const { prunedResults, isToBeJudged } = this.#context;
    const traded = objectives.map(({ metric }) => metric);
    for (let i = this.#results.length; i < this.#proposed.length; i++) {
      const { trials } = this.#proposed[i]!;
      const known = this.#seen[i] ?? prunedResults?.get(trials[0]!.configId);
      if (known === undefined && isToBeJudged?.(trials[0]!) === true) return;
      const ends = trials.map(({ id }) => this.#ends.get(id));
      const result = known ?? foldResults(ends, objective.metric, traded);
      if (result === undefined) return;
      this.#results.push(result);
    }
  }
}
