import type { SeveralComparison } from '../../analysis/comparison/compare-several.ts';
import type { Comparison } from '../../analysis/comparison/comparison-model.ts';
import { describeCondition } from '../../analysis/condition.ts';
import { describeFilter, type FilterTerm } from '../../analysis/filter.ts';
import { comparisonNotes, comparisonSentence, sideLabel } from './comparison-text.ts';
import { unitsOf } from '../report/report-json.ts';
import { toJsonLine } from '../json-line.ts';
import { severalNotes, severalSentence } from './several-text.ts';

/** One value as it is, several as their list; a range, or what is ruled out, as it is written: `1..4`, `!=1`, `>2`. */
export function wantedJson(term: FilterTerm): unknown {
  const { parameter, isNot, values, ranges } = term;
  if (isNot || ranges.length > 0) return describeCondition(term).slice(parameter.length).replace(/^=/, '');
  return values.length === 1 ? values[0] : values;
}

function sideJson(one: Comparison['left']): object {
  return {
    label: sideLabel(one),
    ...(one.sweep !== null && { sweep: one.sweep }),
    where: Object.fromEntries(one.filter.terms.map((term) => [term.parameter, wantedJson(term)])),
    unmatched: one.unmatched,
    lost: one.lost,
  };
}

/** `vae-sweep.compare/1`: differences are right minus left. */
export function renderComparisonJson(comparison: Comparison): string {
  const metrics = comparison.metrics.map(({ name, left, right, difference, pairs, verdict }) => {
    return [name, { left, right, difference, pairs, verdict }] as const;
  });
  return toJsonLine({
    schema: 'vae-sweep.compare/1',
    sweep: comparison.sweep,
    where: comparison.where && describeFilter(comparison.where),
    metric: comparison.metric,
    goal: comparison.goal,
    sentence: comparisonSentence(comparison),
    left: sideJson(comparison.left),
    right: sideJson(comparison.right),
    pairs: comparison.pairs.map(({ left, right }) => ({ left: left.id, right: right.id })),
    planned_pairs: comparison.plannedPairs,
    differs: comparison.differs,
    varies: comparison.varies,
    metrics: Object.fromEntries(metrics),
    ratio: { trainable_weights: comparison.ratio.trainableWeights, seconds: comparison.ratio.seconds },
    notes: comparisonNotes(comparison),
    units: unitsOf([comparison.metric, ...comparison.metrics.map(({ name }) => name)], comparison.noun),
    divergence_p: comparison.divergenceP,
    outside_plan: comparison.outside,
    trained_on: comparison.trainedOn,
  });
}

/** `vae-sweep.compare-several/1`: three settings or more; differences are from the reference, null of itself. */
export function renderSeveralJson(comparison: SeveralComparison): string {
  const { sides, reference, metrics, blocks } = comparison;
  return toJsonLine({
    schema: 'vae-sweep.compare-several/1',
    sweep: comparison.sweep,
    where: comparison.where && describeFilter(comparison.where),
    metric: comparison.metric,
    goal: comparison.goal,
    sentence: severalSentence(comparison),
    reference: sideLabel(sides[reference]!),
    is_best: comparison.isBest,
    settings: sides.map((side, i) => ({
      ...sideJson(side),
      metrics: Object.fromEntries(metrics.map(({ name, sides: own }) => [name, own[i]])),
    })),
    blocks: blocks.map((block) => block.map(({ id }) => id)),
    planned_blocks: comparison.plannedBlocks,
    differs: comparison.differs,
    varies: comparison.varies,
    notes: severalNotes(comparison),
    units: unitsOf(
      metrics.map(({ name }) => name),
      comparison.noun,
    ),
    outside_plan: comparison.outside,
    trained_on: comparison.trainedOn,
  });
}
