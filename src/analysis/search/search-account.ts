import type { SweepSnapshot, TrialRecord } from '../../store/read-model.ts';
import type { SweepSpec } from '../../sweep-file/spec.ts';
import type { Effects } from '../effects/effects.ts';
import type { NothingToRefine, Refinement } from '../refine/refinement.ts';
import type { CourseStep } from './search-course.ts';

/** What a search, or pruning, cost and came to: what the report answers beside its table. */
export interface SearchAccount {
  /** Trials that this sweep trained, for how many epochs and how long, one at a time: without what they went on from. */
  readonly trials: number;
  readonly epochs: number;
  readonly seconds: number;
  /** Trials whose results other sweeps had. */
  readonly takenOver: number;
  /** Epochs that pruned trials were spared. */
  readonly saved: number;
  /** What parameters do, at equal epochs where trials were pruned. */
  readonly effects: Effects;
  readonly next: Refinement | NothingToRefine;
  /** In the order of the plan. */
  readonly course: readonly CourseStep[];
  /** Of every configuration. */
  readonly seeds: readonly number[];
}

/** Whether there is more to say of a sweep than its table does. */
export function isSearched(spec: SweepSpec, { trials }: Pick<SweepSnapshot, 'trials'>): boolean {
  return spec.search.kind !== 'grid' || trials.some(({ state }) => state === 'pruned');
}

export function costOf(
  trials: readonly TrialRecord[],
): Pick<SearchAccount, 'trials' | 'epochs' | 'seconds' | 'takenOver' | 'saved'> {
  const own = trials.filter(({ reusedFrom, epochs }) => reusedFrom === null && epochs > 0);
  const sum = (some: readonly TrialRecord[], of: (trial: TrialRecord) => number): number =>
    some.reduce((total, trial) => total + of(trial), 0);
  return {
    trials: own.length,
    epochs: sum(own, ({ epochs, wentOnAfter }) => epochs - (wentOnAfter ?? 0)),
    seconds: sum(own, ({ seconds, wentOnSeconds }) => seconds - (wentOnSeconds ?? 0)),
    takenOver: trials.filter(({ reusedFrom, state }) => reusedFrom !== null && state === 'completed').length,
    saved: sum(
      own.filter(({ state }) => state === 'pruned'),
      ({ config, epochs }) => config.train.epochs - epochs,
    ),
  };
}
