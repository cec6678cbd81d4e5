import { isAnnealing } from '../model/annealing.ts';
import { scaleOf } from '../model/scale.ts';
import { judgeRung, rungsOf, type Halving } from '../search/halving.ts';
import type { TrialRecord } from '../store/read-model.ts';
import type { SweepStore } from '../store/store.ts';
import type { ConfigVerdict, PrunedTrial, RecordedVerdict, Rung } from '../store/verdicts.ts';
import type { FoldedResult } from '../sweep-file/learned-search.ts';
import type { ConfigId, Objective, TrialId, TrialPlan } from '../trial/trial.ts';
import type { Clock } from './clock.ts';
import { cohortsOf, type Cohort, type Field } from './cohort.ts';
import type { Emit, Happening } from './events.ts';
import type { Admission, Decision, TrialSource } from './source.ts';

export interface HalvingContext {
  readonly halving: Halving;
  /** A hash of all that verdicts depend on but results. */
  readonly pruning: string;
  readonly epochs: number;
  readonly objective: Objective;
  /** How many configurations make a cohort, where they come one after another. */
  readonly cohortSize: number;
  readonly store: Pick<SweepStore, 'valueAfter' | 'recordVerdicts'>;
  readonly clock: Clock;
  readonly emit: Emit;
  /** What was judged in earlier runs. */
  readonly recorded: readonly RecordedVerdict[];
  /** The trials of the sweep as this run found them. */
  readonly known: readonly TrialRecord[];
  /** Trials that go to their last epoch whatever is judged: revived ones, and those that are trained again. */
  readonly exempt: ReadonlySet<TrialId>;
  /** What pruned configurations came to, for a search that learns: theirs is added here. */
  readonly prunedResults: Map<ConfigId, FoldedResult>;
}

/** Of a trial that has ended. */
const ENDED = Infinity;

/**
 * Another source's trials, by successive halving. Each trial pauses at its next rung, with its checkpoint; when all that its
 * cohort has there are paused or ended, the rung is judged: as a thing of its own in the queue, so that it is on record
 * before what follows from it is told or sent. What it depends on are recorded values alone, so it is the same whatever
 * the number of slots and kills.
 */
export class HalvingSource implements TrialSource {
  readonly #context: HalvingContext;
  readonly #inner: TrialSource;
  readonly #field: Field;
  readonly #rungs: readonly number[];
  readonly #cohorts: ReturnType<typeof cohortsOf>;
  /** Epochs that are recorded of a trial. */
  readonly #reached = new Map<TrialId, number>();
  readonly #paused = new Map<TrialId, TrialPlan>();
  readonly #promoted: TrialPlan[] = [];
  readonly #decisions: Decision[] = [];
  /** A rung is judged without these. */
  readonly #refused = new Set<TrialId>();

  /** `field`: the configurations that take part, as far as `inner` knows them. */
  constructor(context: HalvingContext, inner: TrialSource, field: Field) {
    this.#context = context;
    this.#inner = inner;
    this.#field = field;
    this.#rungs = rungsOf(context.halving, context.epochs);
    this.#cohorts = cohortsOf(context.recorded, context.cohortSize);
    for (const { id, state, epochs } of context.known) {
      // What was pruned before is queued again where it takes part.
      const hasEnded = state === 'completed' || state === 'diverged' || state === 'failed';
      this.#reached.set(id, hasEnded ? ENDED : epochs);
    }
    this.#goOn();
  }

  get left(): number {
    return this.waiting + this.#inner.left;
  }

  get waiting(): number {
    return this.#decisions.length + this.#promoted.length + this.#paused.size;
  }

  next(): TrialPlan | Decision | undefined {
    const first = this.#decisions.shift() ?? this.#promoted.shift();
    if (first !== undefined) return first;
    for (;;) {
      const given = this.#inner.next();
      // It was pruned before its turn came.
      if (given !== undefined && 'id' in given && this.#reached.get(given.id) === ENDED) continue;
      if (given === undefined || 'record' in given || !this.#waits(given)) return given;
      this.#paused.set(given.id, given);
    }
  }

  admit(trial: TrialPlan): Admission | undefined {
    return this.#inner.admit?.(trial);
  }

  pauseAt(trial: TrialPlan): number | undefined {
    if (this.#context.exempt.has(trial.id)) return undefined;
    return this.#cohorts.of(trial.configId)?.nextRung(trial.configId, (rung) => this.#isJudged(trial, rung));
  }

  tell(end: Extract<Happening, { type: 'finished' }>): void {
    this.#reached.set(end.trial, ENDED);
    this.#inner.tell?.(end);
    this.#goOn();
  }

  paused(trial: TrialPlan, epoch: number): void {
    this.#reached.set(trial.id, epoch);
    this.#paused.set(trial.id, trial);
    this.#goOn();
  }

  refused(trial: TrialPlan): void {
    this.#refused.add(trial.id);
    this.#goOn();
  }

  /** Takes in configurations that have come, and judges what can be judged. */
  #goOn(): void {
    const { configurations, isComplete } = this.#field;
    this.#cohorts.take(configurations, isComplete || this.#refused.size > 0, this.#rungs);
    for (const cohort of this.#cohorts.open()) {
      if (cohort.isBeingJudged || !cohort.isClosed || cohort.rung >= this.#rungs.length) continue;
      const epoch = this.#rungs[cohort.rung]!;
      const isThere = ({ id }: TrialPlan): boolean => this.#refused.has(id) || (this.#reached.get(id) ?? 0) >= epoch;
      const waitsFor = cohort.waitsFor((trial) => !this.#isJudged(trial, epoch) || isThere(trial));
      if (waitsFor || this.#contenders(cohort).length === 0) continue;
      cohort.isBeingJudged = true;
      this.#decisions.push({ record: () => this.#judge(cohort, epoch) });
    }
  }

  #contenders({ alive }: Cohort): (readonly TrialPlan[])[] {
    return alive
      .map((trials) => trials.filter(({ id }) => !this.#refused.has(id)))
      .filter((trials) => trials.length > 0);
  }

  #isJudged({ config: { parameters, train } }: TrialPlan, epoch: number): boolean {
    return !isAnnealing({ parameters, epochs: train.epochs }, epoch);
  }

  #waits(trial: TrialPlan): boolean {
    const epoch = this.pauseAt(trial);
    return epoch !== undefined && (this.#reached.get(trial.id) ?? 0) >= epoch;
  }

  #judge(cohort: Cohort, epoch: number): () => void {
    const { store, clock, emit, halving, objective, pruning, prunedResults } = this.#context;
    const { metric, goal } = objective;
    const configurations = this.#contenders(cohort);
    const contenders = configurations.map((trials) => {
      const { config } = trials[0]!;
      const family = scaleOf(config.parameters);
      if (!this.#isJudged(trials[0]!, epoch)) return { family, value: null, isAnnealing: true };
      const values = trials.map(({ id }) => store.valueAfter(id, metric, epoch));
      const isWhole = values.every((value) => value !== null);
      return {
        family,
        value: isWhole ? values.reduce((sum, value) => sum + value, 0) / values.length : null,
        isAnnealing: false,
      };
    });
    const verdicts = judgeRung(contenders, halving, goal).map((verdict, i): ConfigVerdict => ({
      configId: configurations[i]![0]!.configId,
      value: contenders[i]!.value,
      ...verdict,
    }));
    const rung: Rung = { pruning, cohort: cohort.index, rung: cohort.rung, epoch, metric };
    const pruned = store.recordVerdicts(rung, verdicts, clock.now());
    return () => {
      const gone = verdicts.filter(({ verdict }) => verdict === 'pruned');
      for (const { configId, value } of gone) prunedResults.set(configId, { value, error: null });
      emit({ type: 'judged', ...rung, configurations: verdicts.length, pruned: gone.length });
      cohort.pass(new Set(gone.map(({ configId }) => configId)));
      this.#leave(pruned);
      this.#promote(cohort);
      this.#goOn();
    };
  }

  #leave(pruned: readonly PrunedTrial[]): void {
    for (const { id, attempts, cause } of pruned) {
      this.#paused.delete(id);
      this.#reached.set(id, ENDED);
      const end = { type: 'finished', trial: id, attempt: attempts, state: 'pruned', cause } as const;
      this.#context.emit(end);
      this.#inner.tell?.(end);
    }
  }

  #promote(cohort: Cohort): void {
    for (const trial of cohort.alive.flat()) {
      if (!this.#paused.has(trial.id) || this.#waits(trial)) continue;
      this.#paused.delete(trial.id);
      this.#promoted.push(trial);
    }
  }
}
