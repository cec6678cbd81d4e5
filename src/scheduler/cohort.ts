import type { RecordedVerdict } from '../store/verdicts.ts';
import type { ConfigId, TrialPlan } from '../trial/trial.ts';

/** The configurations of a plan or search, each with its trials, in order; `isComplete` when no other comes. */
export interface Field {
  readonly configurations: readonly (readonly TrialPlan[])[];
  readonly isComplete: boolean;
}

/** Configurations that are judged together: by those of them that are still in training. */
export class Cohort {
  readonly index: number;
  /** No other configuration joins it. */
  isClosed = false;
  isBeingJudged = false;
  /** The next one to be judged at. */
  rung: number;
  readonly #rungs: readonly number[];
  readonly #alive = new Map<ConfigId, readonly TrialPlan[]>();

  constructor(index: number, rungs: readonly number[], rung: number) {
    this.index = index;
    this.#rungs = rungs;
    this.rung = rung;
  }

  get alive(): (readonly TrialPlan[])[] {
    return [...this.#alive.values()];
  }

  add(trials: readonly TrialPlan[]): void {
    this.#alive.set(trials[0]!.configId, trials);
  }

  /** Whether one of its trials is not there yet. */
  waitsFor(isThere: (trial: TrialPlan) => boolean): boolean {
    for (const trials of this.#alive.values()) if (!trials.every(isThere)) return true;
    return false;
  }

  /** The epoch of the first rung, of those to come, at which one of its configurations stops; undefined for none. */
  nextRung(configId: ConfigId, stops: (epoch: number) => boolean): number | undefined {
    return this.#alive.has(configId) ? this.#rungs.slice(this.rung).find(stops) : undefined;
  }

  /** The rung is judged: these are left behind. */
  pass(pruned: ReadonlySet<ConfigId>): void {
    for (const configId of pruned) this.#alive.delete(configId);
    this.rung++;
    this.isBeingJudged = false;
  }
}

/**
 * Deals configurations, as they come, to cohorts of `size`. A cohort is closed by its first verdict at the latest: one that
 * comes later joins the next. What was recorded stands.
 */
export function cohortsOf(recorded: readonly RecordedVerdict[], size: number) {
  const homes = new Map(recorded.map(({ configId, cohort }) => [configId, cohort]));
  const judged = new Map<number, number>();
  for (const { cohort, rung } of recorded) judged.set(cohort, Math.max(rung + 1, judged.get(cohort) ?? 0));
  const pruned = new Set(recorded.flatMap(({ configId, verdict }) => (verdict === 'pruned' ? [configId] : [])));
  const cohorts = new Map<number, Cohort>();
  const places = new Map<ConfigId, Cohort>();
  let filling: { readonly cohort: Cohort; count: number } | undefined;
  let taken = 0;

  const cohortAt = (index: number, rungs: readonly number[]): Cohort => {
    let cohort = cohorts.get(index);
    if (cohort === undefined) {
      cohort = new Cohort(index, rungs, judged.get(index) ?? 0);
      cohort.isClosed = judged.has(index);
      cohorts.set(index, cohort);
    }
    return cohort;
  };
  /** After all that are on record. */
  const nextIndex = (): number => Math.max(-1, ...judged.keys(), ...cohorts.keys()) + 1;

  return {
    take(configurations: Field['configurations'], isComplete: boolean, rungs: readonly number[]): void {
      for (; taken < configurations.length; taken++) {
        const trials = configurations[taken]!;
        const { configId } = trials[0]!;
        if (pruned.has(configId)) continue;
        const home = homes.get(configId);
        let cohort: Cohort;
        if (home === undefined) {
          filling ??= { cohort: cohortAt(nextIndex(), rungs), count: 0 };
          cohort = filling.cohort;
          filling.count++;
        } else cohort = cohortAt(home, rungs);
        cohort.add(trials);
        places.set(configId, cohort);
        if (filling?.count === size) close();
      }
      if (isComplete) close();
    },
    of: (configId: ConfigId): Cohort | undefined => places.get(configId),
    open: (): Iterable<Cohort> => cohorts.values(),
  };

  function close(): void {
    if (filling !== undefined) filling.cohort.isClosed = true;
    filling = undefined;
  }
}
