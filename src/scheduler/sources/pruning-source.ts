import { scaleOf } from '../../model/scale.ts';
import { PRUNING, type Pruning } from '../../search/pruning.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import type { SweepStore } from '../../store/store.ts';
import { DEALT, type PrunedTrial, type RecordedVerdict, type Rung } from '../../store/verdicts.ts';
import type { FoldedResult } from '../../sweep-file/expansion/learned-search.ts';
import type { ConfigId, Objective, TrialId, TrialPlan } from '../../trial/trial.ts';
import type { Clock } from '../clock.ts';
import { bestFirst } from '../best-first.ts';
import { cohortsOf, type Cohort, type Field } from './cohort.ts';
import type { Emit, Happening } from '../events.ts';
import { judgeCohort } from '../judge-cohort.ts';
import { RungProgress } from './rung-progress.ts';
import type { Admission, Decision, TrialSource } from './source.ts';

export interface PruningContext {
  readonly prune: Pruning;
  /** A hash of all that verdicts depend on but results. */
  readonly pruning: string;
  readonly epochs: number;
  readonly objective: Objective;
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

/**
 * Another source's trials, of which only some go on from each rung. Each trial pauses at its next rung, with its checkpoint;
 * when all that its cohort has there are paused or ended, the rung is judged: as a thing of its own in the queue, so that it
 * is on record before what follows from it is told or sent. Where cohorts are compared with those before, a rung of theirs
 * is judged after these. What it depends on are recorded values alone, so it is the same whatever the number of slots and
 * kills.
 */
export class PruningSource implements TrialSource {
  readonly #context: PruningContext;
  readonly #inner: TrialSource;
  readonly #field: Field;
  readonly #cohorts: ReturnType<typeof cohortsOf>;
  readonly #progress: RungProgress;
  readonly #paused = new Map<TrialId, TrialPlan>();
  readonly #promoted: TrialPlan[] = [];
  readonly #decisions: Decision[] = [];
  /** What was judged, in earlier runs and in this one. */
  readonly #judged: RecordedVerdict[];
  readonly #families = new Map<ConfigId, string>();
  /** Were pruned in this run. */
  readonly #left = new Set<TrialId>();

  /** `field`: the configurations that take part, as far as `inner` knows them. */
  constructor(context: PruningContext, inner: TrialSource, field: Field) {
    this.#context = context;
    this.#inner = inner;
    this.#field = field;
    this.#judged = [...context.recorded];
    this.#cohorts = cohortsOf(context.recorded, context.prune, context.epochs);
    this.#progress = new RungProgress(this.#cohorts, context.known, context.exempt);
    this.#goOn();
  }

  /** Goes on from what earlier runs have left: to be called once, when the source within can ask for what is judged. */
  begin(): this {
    this.#tellJudged();
    return this;
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
      // It was pruned before its turn came. (One that was completed before is for its source to record.)
      if (given !== undefined && 'id' in given && this.#left.has(given.id)) continue;
      if (given === undefined || 'record' in given || !this.#progress.waits(given)) return given;
      this.#paused.set(given.id, given);
    }
  }

  admit(trial: TrialPlan): Admission | undefined {
    return this.#inner.admit?.(trial);
  }

  pauseAt(trial: TrialPlan): number | undefined {
    return this.#progress.pauseAt(trial);
  }

  ahead(trial: TrialPlan): readonly (readonly TrialPlan[])[] {
    return this.#progress.ahead(trial);
  }

  /** Whether what becomes of its configuration is not known yet. */
  isToBeJudged(trial: TrialPlan): boolean {
    return this.#cohorts.of(trial.configId) === undefined || this.#progress.nextRung(trial) !== undefined;
  }

  tell(end: Extract<Happening, { type: 'finished' }>): void {
    this.#progress.end(end.trial);
    this.#inner.tell?.(end);
    this.#tellJudged();
  }

  paused(trial: TrialPlan, epoch: number): void {
    this.#progress.reach(trial.id, epoch);
    this.#paused.set(trial.id, trial);
    this.#goOn();
  }

  refused(trial: TrialPlan): void {
    this.#progress.refuse(trial.id);
    this.#goOn();
  }

  /** What may be proposed now joins a cohort; so may what follows from trials that ended before. */
  #tellJudged(): void {
    for (let known = -1; known < this.#families.size;) {
      known = this.#families.size;
      this.#inner.judged?.();
      this.#goOn();
    }
  }

  /** Takes in configurations that have come, and judges what can be judged. */
  #goOn(): void {
    const { configurations, isComplete } = this.#field;
    for (const [trial] of configurations.slice(this.#families.size))
      this.#families.set(trial!.configId, scaleOf(trial!.config));
    this.#cohorts.take({ configurations, isComplete: isComplete || this.#progress.hasRefused });
    const undealt = this.#cohorts.undealt();
    if (undealt.length > 0) this.#decisions.push({ record: () => this.#deal(undealt) });
    for (const cohort of undealt) cohort.isDealt = true;
    let first = Infinity;
    for (const cohort of this.#cohorts.all()) {
      if (cohort.isOver) continue;
      const mayBeJudged = cohort.rung < first && cohort.isClosed && !cohort.isBeingJudged;
      if (mayBeJudged && this.#progress.isThere(cohort)) {
        cohort.isBeingJudged = true;
        this.#decisions.push({ record: () => this.#judge(cohort) });
      }
      const isCompared = PRUNING[this.#context.prune.method].comparedWith !== 'the cohort';
      if (isCompared && this.#progress.contenders(cohort).length > 0) first = Math.min(first, cohort.rung);
    }
  }

  /** Records which bracket each configuration is in. */
  #deal(cohorts: readonly Cohort[]): () => void {
    const { store, clock, objective, pruning, epochs } = this.#context;
    for (const { index, bracket, rungs, alive } of cohorts) {
      const place = { place: bracket + 1, among: this.#cohorts.brackets };
      const rung: Rung = { pruning, cohort: index, rung: DEALT, epoch: rungs[0] ?? epochs, metric: objective.metric };
      const rows = alive.map(
        ([trial]) => ({ configId: trial!.configId, value: null, verdict: 'not judged', ...place }) as const,
      );
      store.recordVerdicts(rung, rows, clock.now());
    }
    return () => undefined;
  }

  #judge(cohort: Cohort): () => void {
    const { store, clock, emit, prune, objective, pruning, prunedResults } = this.#context;
    const rung: Rung = {
      ...{ pruning, cohort: cohort.index, rung: cohort.rung, epoch: cohort.rungs[cohort.rung]! },
      metric: objective.metric,
    };
    const verdicts = judgeCohort(this.#progress.contenders(cohort), rung, {
      ...{ prune, goal: objective.goal, before: this.#judged, families: this.#families },
      valueOf: ({ id }) => store.valueAfter(id, rung.metric, rung.epoch),
    });
    const pruned = store.recordVerdicts(rung, verdicts, clock.now());
    return () => {
      this.#judged.push(...verdicts.map((verdict) => ({ ...rung, ...verdict })));
      const gone = verdicts.filter(({ verdict }) => verdict === 'pruned');
      for (const { configId, value } of gone) prunedResults.set(configId, { value, error: null });
      const among = this.#cohorts.brackets;
      const bracket = among === 1 ? null : { place: cohort.bracket + 1, among };
      emit({ type: 'judged', ...rung, bracket, configurations: verdicts.length, pruned: gone.length });
      cohort.pass(new Set(gone.map(({ configId }) => configId)));
      this.#leave(pruned);
      this.#promote(cohort);
      this.#tellJudged();
    };
  }

  #leave(pruned: readonly PrunedTrial[]): void {
    for (const { id, attempts, cause } of pruned) {
      this.#paused.delete(id);
      this.#progress.end(id);
      this.#left.add(id);
      const end = { type: 'finished', trial: id, attempt: attempts, state: 'pruned', cause } as const;
      this.#context.emit(end);
      this.#inner.tell?.(end);
    }
  }

  #promote(cohort: Cohort): void {
    for (const trial of bestFirst(cohort.alive.flat(), this.#judged)) {
      if (!this.#paused.has(trial.id) || this.#progress.waits(trial)) continue;
      this.#paused.delete(trial.id);
      this.#promoted.push(trial);
    }
  }
}
