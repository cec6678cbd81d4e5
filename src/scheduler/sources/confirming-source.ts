import { foldResults, type TrialEnd } from '../../analysis/search/fold-results.ts';
import { scaleOf } from '../../model/scale.ts';
import { isAmongBest, placeScreened } from '../../search/choose.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import type { SweepStore } from '../../store/store.ts';
import type { Confirmation } from '../../sweep-file/expansion/confirmation.ts';
import { isSettled } from '../../trial/state.ts';
import type { ConfigId, Objective, TrialId, TrialPlan } from '../../trial/trial.ts';
import type { Clock } from '../clock.ts';
import type { Field } from './cohort.ts';
import type { Emit, Happening } from '../events.ts';
import { hearingOver, type Admission, type Decision, type TrialSource } from './source.ts';

export interface ConfirmingContext {
  readonly confirmation: Confirmation;
  readonly objective: Objective;
  readonly store: Pick<SweepStore, 'recordChoice' | 'planTrials'>;
  readonly clock: Clock;
  readonly emit: Emit;
  /** All trials of the sweep as this run found them, those outside its plan, too. */
  readonly known: readonly TrialRecord[];
  /** How many trials the screening is planned to have. */
  readonly planned: number;
  /** A trial as readers see it once it is queued. */
  readonly recordOf: (trial: TrialPlan) => TrialRecord;
}

/**
 * Another source's trials, the screening; and when all of these have ended, more seeds of the best configurations. Which these
 * are is a decision of its own, on record before any of their trials begins. It follows from the screening's results alone,
 * so it is the same whatever the number of slots and kills.
 */
export class ConfirmingSource implements TrialSource {
  readonly #context: ConfirmingContext;
  readonly #inner: TrialSource;
  readonly #field: Field;
  readonly #ends = new Map<TrialId, TrialEnd>();
  /** Configurations that are on record, and so take part. */
  readonly #begun: Set<ConfigId>;
  /** Given, and not ended. */
  readonly #open = new Set<TrialId>();
  readonly #confirming: TrialPlan[];
  readonly #own: Set<TrialId>;
  #phase: 'screening' | 'choosing' | 'confirming';

  /** `field`: what is chosen from; `chosen`: the trials of the confirmation that are queued, undefined where nothing is chosen yet. */
  constructor(context: ConfirmingContext, inner: TrialSource, field: Field, chosen: readonly TrialPlan[] | undefined) {
    this.#context = context;
    this.#inner = inner;
    this.#field = field;
    this.#phase = chosen === undefined ? 'screening' : 'confirming';
    this.#confirming = [...(chosen ?? [])];
    this.#own = new Set(this.#confirming.map(({ id }) => id));
    const { known } = context;
    this.#begun = new Set(known.flatMap(({ configId, inPlan }) => (inPlan ? [configId] : [])));
    for (const { id, state, metrics } of known) if (isSettled(state)) this.#ends.set(id, { state, metrics });
  }

  get left(): number {
    const unchosen = this.#phase === 'screening' ? Math.max(1, this.#context.confirmation.most) : 0;
    return this.#inner.left + this.#confirming.length + unchosen;
  }

  get waiting(): number {
    return this.#inner.waiting ?? 0;
  }

  get endedBy(): string | undefined {
    return this.#inner.endedBy;
  }

  next(): TrialPlan | Decision | undefined {
    const given = this.#inner.next();
    if (given !== undefined) {
      if ('id' in given) {
        this.#begun.add(given.configId);
        this.#open.add(given.id);
      }
      return given;
    }
    if (this.#phase === 'screening' && this.#inner.left === 0 && this.#open.size === 0) {
      this.#phase = 'choosing';
      return { record: () => this.#choose() };
    }
    return this.#confirming.shift();
  }

  admit(trial: TrialPlan): Admission | undefined {
    const admission = this.#own.has(trial.id) ? undefined : this.#inner.admit?.(trial);
    return hearingOver(admission, () => this.#open.delete(trial.id));
  }

  pauseAt(trial: TrialPlan): number | undefined {
    return this.#own.has(trial.id) ? undefined : this.#inner.pauseAt?.(trial);
  }

  started(trial: TrialId): void {
    this.#inner.started?.(trial);
  }

  paused(trial: TrialPlan, epoch: number): void {
    this.#open.delete(trial.id);
    this.#inner.paused?.(trial, epoch);
  }

  refused(trial: TrialPlan): void {
    this.#open.delete(trial.id);
    this.#inner.refused?.(trial);
  }

  tell(end: Extract<Happening, { type: 'finished' }>): void {
    const { trial, state, summary } = end;
    if (this.#own.has(trial)) return;
    this.#ends.set(trial, { state, metrics: summary?.metrics ?? {} });
    this.#open.delete(trial);
    this.#inner.tell?.(end);
  }

  #choose(): () => void {
    const { confirmation, objective, store, clock, emit, known, planned, recordOf } = this.#context;
    const { configurations, isComplete } = this.#field;
    const candidates = configurations.filter(([first]) => this.#begun.has(first!.configId));
    const screened = candidates.map((trials) => ({
      family: scaleOf(trials[0]!.config),
      value:
        foldResults(
          trials.map(({ id }) => this.#ends.get(id)),
          objective.metric,
        )?.value ?? null,
    }));
    const choices = placeScreened(screened, objective.goal).map((standing, i) => {
      return { configId: candidates[i]![0]!.configId, value: screened[i]!.value, ...standing };
    });
    const chosen = candidates.flatMap(([first], i) => (isAmongBest(choices[i]!, confirmation.top) ? [first!] : []));
    const trials = confirmation.trialsOf(chosen);
    const key = confirmation.keyOf(choices.map(({ configId }) => configId));
    const states = store.recordChoice(key, choices, trials, clock.now());
    store.planTrials((isComplete ? configurations.flat().length : planned) + trials.length);
    return () => {
      this.#phase = 'confirming';
      const before = new Map(known.map((record) => [record.id, record]));
      const records = trials.map((trial) => {
        const record = before.get(trial.id);
        return record !== undefined && isSettled(states.get(trial.id)!) ? record : recordOf(trial);
      });
      this.#confirming.push(...trials.filter(({ id }) => !isSettled(states.get(id)!)));
      for (const { id } of trials) this.#own.add(id);
      const { length: of } = choices;
      emit({ type: 'chosen', configurations: chosen.length, of, foreseen: confirmation.most, trials: records });
    };
  }
}
