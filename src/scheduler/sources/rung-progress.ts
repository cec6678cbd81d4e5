import type { TrialRecord } from '../../store/read-model.ts';
import type { TrialId, TrialPlan } from '../../trial/trial.ts';
import { isJudged } from '../judge-cohort.ts';
import type { Cohort, cohortsOf } from './cohort.ts';

/** Of a trial that has ended. */
const ENDED = Infinity;

/** How far trials have come towards the rungs of their cohorts. */
export class RungProgress {
  readonly #cohorts: ReturnType<typeof cohortsOf>;
  readonly #exempt: ReadonlySet<TrialId>;
  /** Epochs that are recorded of a trial. */
  readonly #reached = new Map<TrialId, number>();
  /** A rung is judged without these. */
  readonly #refused = new Set<TrialId>();

  /** `known`: the trials as they are found. `exempt` ones pause nowhere. */
  constructor(
    cohorts: ReturnType<typeof cohortsOf>,
    known: readonly Pick<TrialRecord, 'id' | 'state' | 'epochs'>[],
    exempt: ReadonlySet<TrialId>,
  ) {
    this.#cohorts = cohorts;
    this.#exempt = exempt;
    for (const { id, state, epochs } of known) {
      // What was pruned before is queued again where it takes part.
      const hasEnded = state === 'completed' || state === 'diverged' || state === 'failed';
      this.#reached.set(id, hasEnded ? ENDED : epochs);
    }
  }

  get hasRefused(): boolean {
    return this.#refused.size > 0;
  }

  reach(trial: TrialId, epoch: number): void {
    this.#reached.set(trial, epoch);
  }

  end(trial: TrialId): void {
    this.#reached.set(trial, ENDED);
  }

  refuse(trial: TrialId): void {
    this.#refused.add(trial);
  }

  pauseAt(trial: TrialPlan): number | undefined {
    return this.#exempt.has(trial.id) ? undefined : this.nextRung(trial);
  }

  /** After which epoch its configuration is judged next, whether it pauses there or not. */
  nextRung(trial: TrialPlan): number | undefined {
    return this.#cohorts.of(trial.configId)?.nextRung(trial.configId, (rung) => isJudged(trial, rung));
  }

  /** It has come to where it pauses. */
  waits(trial: TrialPlan): boolean {
    const epoch = this.pauseAt(trial);
    const reached = this.#reached.get(trial.id) ?? 0;
    return epoch !== undefined && reached >= epoch && reached !== ENDED;
  }

  /** Whether all that is judged at a cohort's next rung is there. */
  isThere(cohort: Cohort): boolean {
    const epoch = cohort.rungs[cohort.rung]!;
    const isThere = ({ id }: TrialPlan): boolean => this.#refused.has(id) || (this.#reached.get(id) ?? 0) >= epoch;
    const waitsFor = cohort.waitsFor((trial) => !isJudged(trial, epoch) || isThere(trial));
    return !waitsFor && this.contenders(cohort).length > 0;
  }

  /** Who is judged, each configuration by its trials. */
  contenders({ alive }: Cohort): (readonly TrialPlan[])[] {
    return alive
      .map((trials) => trials.filter(({ id }) => !this.#refused.has(id)))
      .filter((trials) => trials.length > 0);
  }

  /** Of each closed cohort before the trial's, who may yet be trained. */
  ahead(trial: TrialPlan): (readonly TrialPlan[])[] {
    const own = this.#cohorts.of(trial.configId)?.index ?? -1;
    return this.#cohorts
      .all()
      .filter(({ index, isClosed }) => index < own && isClosed)
      .map((cohort) =>
        this.contenders(cohort)
          .flat()
          .filter(({ id }) => this.#reached.get(id) !== ENDED),
      )
      .filter((left) => left.length > 0);
  }
}
