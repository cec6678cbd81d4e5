import type { Goal } from '../metrics/metric.ts';
import { isAnnealing } from '../model/annealing.ts';
import { judgeRung, type Contender } from '../search/halving.ts';
import { PRUNING, shareOf, type Pruning } from '../search/pruning.ts';
import type { ConfigVerdict, RecordedVerdict, Rung } from '../store/verdicts.ts';
import type { ConfigId, TrialPlan } from '../trial/trial.ts';

export interface Judging {
  readonly prune: Pruning;
  readonly goal: Goal;
  /** Of the trial at the rung; null where it was lost before. */
  readonly valueOf: (trial: TrialPlan) => number | null;
  /** All that was judged under this way to prune. */
  readonly before: readonly RecordedVerdict[];
  /** Of the plan's configurations: values of two families have no common scale. */
  readonly families: ReadonlyMap<ConfigId, string>;
}

/** What becomes of configurations at a rung of their cohort, each told by its trials. */
export function judgeCohort(
  configurations: readonly (readonly TrialPlan[])[],
  rung: Rung,
  { prune, goal, valueOf, before, families }: Judging,
): ConfigVerdict[] {
  const contenders = configurations.map((trials): Contender => {
    const family = families.get(trials[0]!.configId)!;
    if (!isJudged(trials[0]!, rung.epoch)) return { family, value: null, isAnnealing: true };
    const values = trials.map(valueOf);
    const isWhole = values.every((value) => value !== null);
    return {
      family,
      value: isWhole ? values.reduce((sum, value) => sum + value, 0) / values.length : null,
      isAnnealing: false,
    };
  });
  const others = comparedWith(rung, { prune, before, families });
  return judgeRung(contenders, others, shareOf(prune), goal).map((verdict, i) => ({
    configId: configurations[i]![0]!.configId,
    value: contenders[i]!.value,
    ...verdict,
  }));
}

/** Whether a trial is judged after an epoch: not while its objective isn't yet what it is to be. */
export function isJudged({ config: { parameters, train } }: TrialPlan, epoch: number): boolean {
  return !isAnnealing({ parameters, epochs: train.epochs }, epoch);
}

/** What of earlier cohorts, and of this one's pruned, a rung is compared with. */
function comparedWith(
  { cohort, rung }: Rung,
  { prune, before, families }: Pick<Judging, 'prune' | 'before' | 'families'>,
): Contender[] {
  const { comparedWith: compared } = PRUNING[prune.method];
  if (compared === 'the cohort') return [];
  return before.flatMap((row) => {
    const family = families.get(row.configId);
    const isThere = row.cohort < cohort && row.rung === rung && row.verdict !== 'not judged';
    const isBehind = compared === 'all before' && row.cohort <= cohort && row.rung < rung && row.verdict === 'pruned';
    // One that the plan no longer names is nobody's measure.
    if (family === undefined || !(isThere || isBehind)) return [];
    return [{ family, value: isThere ? row.value : null, isAnnealing: false }];
  });
}
