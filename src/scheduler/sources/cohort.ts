import { bracketOfCohort, shareOut } from '../../search/hyperband.ts';
import { bracketsOf, type Pruning } from '../../search/pruning.ts';
import { DEALT, type RecordedVerdict } from '../../store/verdicts.ts';
import type { ConfigId, TrialPlan } from '../../trial/trial.ts';

/** The configurations of a plan or search, each with its trials, in order; `isComplete` when no other comes. */
export interface Field {
  readonly configurations: readonly (readonly TrialPlan[])[];
  readonly isComplete: boolean;
}

/** Configurations that are judged together: by those of them that are still in training. */
export class Cohort {
  readonly index: number;
  /** Which of several ways to be judged it goes. */
  readonly bracket: number;
  readonly rungs: readonly number[];
  /** No other configuration joins it. */
  isClosed = false;
  /** Who belongs to it is on record. */
  isDealt = false;
  isBeingJudged = false;
  /** The next one to be judged at. */
  rung: number;
  readonly #alive = new Map<ConfigId, readonly TrialPlan[]>();

  constructor(index: number, bracket: number, rungs: readonly number[], rung: number) {
    this.index = index;
    this.bracket = bracket;
    this.rungs = rungs;
    this.rung = rung;
  }

  get alive(): (readonly TrialPlan[])[] {
    return [...this.#alive.values()];
  }

  /** Nobody is left to be judged, or no rung. */
  get isOver(): boolean {
    return this.#alive.size === 0 || this.rung >= this.rungs.length;
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
    return this.#alive.has(configId) ? this.rungs.slice(this.rung).find(stops) : undefined;
  }

  /** The rung is judged: these are left behind. */
  pass(pruned: ReadonlySet<ConfigId>): void {
    for (const configId of pruned) this.#alive.delete(configId);
    this.rung++;
    this.isBeingJudged = false;
  }
}

/**
 * Deals configurations, as they come, to cohorts of the size that pruning asks for. A cohort is closed by its first verdict
 * at the latest: one that comes later joins the next. What was recorded stands.
 *
 * Where there are brackets, a cohort of a search is one of them, in turn. A whole plan is shared out among all: who goes where
 * is drawn by the configurations' ids, so that no value of a grid meets one bracket alone.
 */
export function cohortsOf(recorded: readonly RecordedVerdict[], pruning: Pruning, epochs: number) {
  const brackets = bracketsOf(pruning, epochs);
  const size = pruning.cohortSize ?? Infinity;
  const homes = new Map(recorded.map(({ configId, cohort }) => [configId, cohort]));
  const judged = new Map<number, number>();
  for (const { cohort, rung } of recorded) judged.set(cohort, Math.max(rung + 1, judged.get(cohort) ?? 0));
  const dealt = new Map(recorded.flatMap((row) => (row.rung === DEALT ? [[row.cohort, row.place! - 1]] : [])));
  const pruned = new Set(recorded.flatMap(({ configId, verdict }) => (verdict === 'pruned' ? [configId] : [])));
  const cohorts = new Map<number, Cohort>();
  /** The same in their order. */
  const ordered: Cohort[] = [];
  const places = new Map<ConfigId, Cohort>();
  let filling: { readonly cohort: Cohort; count: number } | undefined;
  /** Of a plan that is to be shared out. */
  let group: (readonly TrialPlan[])[] = [];
  let taken = 0;

  const cohortAt = (index: number, among?: number): Cohort => {
    let cohort = cohorts.get(index);
    if (cohort === undefined) {
      const bracket = dealt.get(index) ?? among ?? bracketOfCohort(index, brackets);
      cohort = new Cohort(index, bracket, brackets[bracket]!.rungs, judged.get(index) ?? 0);
      cohort.isClosed = cohort.isDealt = judged.has(index);
      cohorts.set(index, cohort);
      ordered.push(cohort);
      ordered.sort((a, b) => a.index - b.index);
    }
    return cohort;
  };
  /** After all that are on record. */
  const nextIndex = (): number => Math.max(-1, ...judged.keys(), ...cohorts.keys()) + 1;
  const join = (cohort: Cohort, trials: readonly TrialPlan[]): void => {
    cohort.add(trials);
    places.set(trials[0]!.configId, cohort);
  };

  return {
    take({ configurations, isComplete }: Field): void {
      for (; taken < configurations.length; taken++) {
        const trials = configurations[taken]!;
        const { configId } = trials[0]!;
        if (pruned.has(configId)) continue;
        const home = homes.get(configId);
        if (home !== undefined) join(cohortAt(home), trials);
        else if (brackets.length > 1 && size === Infinity) group.push(trials);
        else {
          filling ??= { cohort: cohortAt(nextIndex()), count: 0 };
          filling.count++;
          join(filling.cohort, trials);
        }
        if (filling?.count === size) close();
      }
      if (isComplete) close();
    },
    of: (configId: ConfigId): Cohort | undefined => places.get(configId),
    /** In their order. */
    all: (): readonly Cohort[] => ordered,
    /** Closed ones of which it is to be recorded who belongs to them: where their verdicts alone don't tell it. */
    undealt: (): Cohort[] =>
      brackets.length === 1 ? [] : [...cohorts.values()].filter(({ isClosed, isDealt }) => isClosed && !isDealt),
    brackets: brackets.length,
  };

  function close(): void {
    if (filling !== undefined) filling.cohort.isClosed = true;
    filling = undefined;
    if (group.length > 0) shareGroup();
  }

  function shareGroup(): void {
    const first = nextIndex();
    const bracketOf = new Map<ConfigId, number>();
    const drawn = group.map(([trial]) => trial!.configId).sort();
    for (const [bracket, count] of shareOut(group.length, brackets).entries())
      for (const configId of drawn.splice(0, count)) bracketOf.set(configId, bracket);
    for (const trials of group) {
      const bracket = bracketOf.get(trials[0]!.configId)!;
      const cohort = cohortAt(first + bracket, bracket);
      cohort.isClosed = true;
      join(cohort, trials);
    }
    group = [];
  }
}
