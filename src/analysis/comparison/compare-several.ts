import { sampleNoun, type SampleNoun } from '../../text/sample-noun.ts';
import { mean } from 'simple-statistics';
import { SweepError } from '../../errors.ts';
import { quantityOf } from '../../metrics/index.ts';
import type { Goal } from '../../metrics/metric.ts';
import type { SweepSnapshot } from '../../store/read-model.ts';
import { count } from '../../text/format-number.ts';
import type { TrialId } from '../../trial/trial.ts';
import { mixedBitClasses, type BitClassCount } from '../bit-classes.ts';
import { COMPARED, describeCompared, effectsHint } from './compare.ts';
import type { ComparedSide, ComparisonVerdict } from './comparison-model.ts';
import type { Filter } from '../filter.ts';
import { measure, measuredNames } from '../metric.ts';
import { describeSide, matchTrials, type Block, type PairingSide } from '../statistics/pairing.ts';
import { distinctValues, parameterNames } from '../parameters.ts';
import { assertComparable } from '../comparable.ts';
import { severeShortfall } from '../trial/shortfall.ts';
import { includesZero, type Interval } from '../statistics/statistics.ts';
import { commonTrainedOn, type TrainedOn } from '../trained-on.ts';
import { differencesToBest, type SeedValues } from '../report/versus-best.ts';
import { countOutdated } from '../whole-sweep.ts';

/** A metric of one side beside the reference. */
export interface SideMetric {
  readonly mean: number;
  /** From the reference; null of the reference itself. Its intervals hold together for all sides, at 95 %. */
  readonly difference: Interval | null;
  /** Null of the reference, and where neither end is better. Never `better` by the survivors of a side that lost more. */
  readonly verdict: ComparisonVerdict | null;
}

export interface SeveralComparison {
  readonly sweep: string;
  /** What all trials compared have in common, beside what the sides say; null where nothing was asked. */
  readonly where: Filter | null;
  readonly metric: string;
  readonly goal: Goal;
  readonly sides: readonly ComparedSide[];
  /** Place among the sides of what the others are compared with. */
  readonly reference: number;
  /** The reference is the best by the objective, not one that was asked for. */
  readonly isBest: boolean;
  /** The objective first. Of each side in order; null for one that completed nothing to compare. */
  readonly metrics: readonly { readonly name: string; readonly sides: readonly (SideMetric | null)[] }[];
  /** Completed on every side that completed any: what all figures are of. */
  readonly blocks: readonly Block[];
  readonly plannedBlocks: number;
  readonly seeds: number;
  /** A trial of any planned block diverged or failed. */
  readonly hasLost: boolean;
  /** Trials of the blocks that ended worse than a constant image. */
  readonly failures: readonly TrialId[];
  /** What computed the trials of the blocks, where it was more than one class. */
  readonly bitClasses: readonly BitClassCount[];
  readonly differs: readonly string[];
  readonly varies: readonly string[];
  readonly outside: number;
  readonly outdated: number;
  readonly trainedOn: TrainedOn;
  readonly noun: SampleNoun;
}

/**
 * Compares three settings or more by blocks: trials that share seed and all other parameters, one of each setting. Means
 * and differences are of the same blocks. The differences are judged as the report judges configurations
 * (versus-best.ts, with blocks in the place of seeds), all pairs of sides allowed for, so that it does no harm that the
 * reference was chosen by the same figures.
 * @param options.reference place of the side to compare with; by default the best by the objective of those that lost fewest
 * @param options.where by what all sides were chosen
 * @throws SweepError as `compare`
 */
export function compareSeveral(
  snapshot: SweepSnapshot,
  given: readonly PairingSide[],
  { reference, where = null }: { readonly reference?: number | undefined; readonly where?: Filter | null } = {},
): SeveralComparison {
  const { objective, name: sweep } = snapshot.sweep;
  const { blocks: planned, free } = matchTrials(given);
  const sides = given.map((side) => describeCompared(side, planned));
  const isAny = given.map((_, i) => planned.some((block) => isMeasured(block, i, objective.metric)));
  const blocks = planned.filter((block) => isAny.every((is, i) => !is || isMeasured(block, i, objective.metric)));
  if (blocks.length === 0 || isAny.filter(Boolean).length < 2) throw nothing(sweep, given, planned, objective.metric);
  const usable = (block: Block): Block => block.filter((_, i) => isAny[i]);
  const compared = blocks.flatMap(usable);
  assertComparable(compared);
  if (reference !== undefined && isAny[reference] === false) {
    throw new SweepError(
      'NOT_FOUND',
      `No trial of ${describeSide(given[reference]!)} completed, so nothing can be compared with it.`,
    );
  }

  const known = measuredNames(compared);
  const names = [...new Set([objective.metric, ...COMPARED])].filter((name) => known.includes(name));
  const columns = names.flatMap((name) => {
    const values = valuesOf(blocks, isAny, name);
    return values === null ? [] : [{ name, values }];
  });
  const chosen = reference ?? bestOf(columns[0]!.values, sides, objective.goal);
  const matched = blocks.map((block) => block[chosen]!);
  const seeds = new Set(matched.map(({ seed }) => seed)).size;
  return {
    sweep,
    where,
    metric: objective.metric,
    goal: objective.goal,
    sides,
    reference: chosen,
    isBest: reference === undefined,
    metrics: columns.map(({ name, values }) => {
      const goal = name === objective.metric ? objective.goal : quantityOf(name).goal;
      return { name, sides: besideReference(values, chosen, goal, sides, name === objective.metric) };
    }),
    blocks,
    plannedBlocks: planned.length,
    seeds,
    hasLost: planned.flat().some(({ state }) => state === 'diverged' || state === 'failed'),
    failures: compared.flatMap(({ id, metrics }) => (severeShortfall(metrics) === undefined ? [] : [id])),
    bitClasses: mixedBitClasses(compared),
    differs: free,
    varies: [
      ...parameterNames(matched, snapshot.sweep.swept).filter(
        (name) => !free.includes(name) && distinctValues(matched, name).length > 1,
      ),
      ...(seeds > 1 ? ['seed'] : []),
    ],
    outside: snapshot.outside.length,
    outdated: countOutdated(snapshot.outside),
    trainedOn: commonTrainedOn(planned.flat())!,
    noun: sampleNoun(planned.flat()[0]?.config.dataset.own),
  };
}

function isMeasured(block: Block, side: number, metric: string): boolean {
  const trial = block[side]!;
  return trial.state === 'completed' && measure(trial, metric) !== undefined;
}

/** Of each side by block; null where a block lacks the metric, so that all figures are of the same blocks. */
function valuesOf(blocks: readonly Block[], isAny: readonly boolean[], name: string): (SeedValues | null)[] | null {
  const values = isAny.map((is, side) =>
    is ? new Map(blocks.flatMap((block, i) => pairOf(i, measure(block[side]!, name)))) : null,
  );
  return values.every((one) => one === null || one.size === blocks.length) ? values : null;
}

function pairOf(block: number, value: number | undefined): (readonly [number, number])[] {
  return value === undefined ? [] : [[block, value]];
}

function meanOf(values: SeedValues): number {
  return mean([...values.values()]);
}

function lostOf({ lost }: ComparedSide): number {
  return lost.diverged + lost.failed;
}

/** As the report ranks: what lost trials comes after all that lost none. */
function bestOf(values: readonly (SeedValues | null)[], sides: readonly ComparedSide[], goal: Goal): number {
  const sign = goal === 'maximize' ? -1 : 1;
  const [best] = values
    .flatMap((own, side) =>
      own === null ? [] : [{ side, order: sign * meanOf(own), hasLost: lostOf(sides[side]!) > 0 }],
    )
    .sort((a, b) => Number(a.hasLost) - Number(b.hasLost) || a.order - b.order);
  return best!.side;
}

function besideReference(
  values: readonly (SeedValues | null)[],
  reference: number,
  goal: Goal | null,
  sides: readonly ComparedSide[],
  isObjective: boolean,
): (SideMetric | null)[] {
  const others = values.flatMap((own, side) => (own === null || side === reference ? [] : [{ own, side }]));
  const differences = differencesToBest(
    [values[reference]!, ...others.map(({ own }) => own)],
    goal === 'minimize' ? -1 : 1,
  );
  return values.map((own, side) => {
    if (own === null) return null;
    const place = others.findIndex((other) => other.side === side);
    if (place === -1) return { mean: meanOf(own), difference: null, verdict: null };
    const { mean: center, low, high } = differences[place]!;
    const difference = { mean: center, low, high };
    const verdict = verdictOf(difference, goal);
    const more = lostOf(sides[side]!) - lostOf(sides[reference]!);
    const isBySurvivors = isObjective && ((verdict === 'better' && more > 0) || (verdict === 'worse' && more < 0));
    return { mean: meanOf(own), difference, verdict: isBySurvivors ? 'unclear' : verdict };
  });
}

function verdictOf(difference: Interval, goal: Goal | null): ComparisonVerdict | null {
  if (goal === null) return null;
  if (includesZero(difference)) return 'unclear';
  return difference.mean > 0 === (goal === 'maximize') ? 'better' : 'worse';
}

const LISTED = 4;

function nothing(sweep: string, sides: readonly PairingSide[], planned: readonly Block[], metric: string): SweepError {
  const done = sides.map((side) => {
    const completed = side.trials.filter(({ state }) => state === 'completed').length;
    return `${completed} of ${count(side.trials.length, 'trial')} of ${describeSide(side)} completed`;
  });
  const shown = done.length > LISTED ? [...done.slice(0, LISTED), '…'] : done;
  const reason =
    planned.length === 0
      ? 'no seed and other parameters have a trial on every side'
      : `of ${count(planned.length, 'block')} none is completed on every side with ${metric}`;
  return new SweepError(
    'NOT_FOUND',
    `Nothing to compare: ${reason} (${shown.join(', ')}). Fewer settings may have more in common${planned.length === 0 ? effectsHint(sweep, sides[0]!) : '.'}`,
  );
}
