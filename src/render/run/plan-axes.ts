/** What a plan varies: each axis of the search with its values, and the seeds. */
import { distinctValues, isSameValue } from '../../analysis/parameters.ts';
import { count } from '../../text/format-number.ts';
import { formatValue } from '../../text/format-value.ts';
import type { PlannedSweep } from '../../plan-sweep.ts';
import type { TrialPlan } from '../../trial/trial.ts';
import { sweptParameters } from '../../sweep-file/naming.ts';
import { isLearning } from '../../sweep-file/spec.ts';
import { possibleValues } from '../../sweep-file/expansion/space.ts';
import { unbroken, wrap } from '../layout/text.ts';

/** What varies: name, the values, how many they are. */
export function describeAxes({ spec, trials }: PlannedSweep, columns: number): string[] {
  // Values in the order of the search; those that only `try` names come last.
  const named = new Set(spec.tried.map((parameters) => JSON.stringify(parameters)));
  const isTried = ({ config }: TrialPlan): boolean => named.has(JSON.stringify(config.parameters));
  const [tried, searched] = [true, false].map((which) => trials.filter((trial) => isTried(trial) === which));
  const configurations = [...searched!, ...tried!].map(({ config }) => ({ params: config.parameters }));
  const axes = sweptParameters(spec).map((name) => {
    return { name, text: describeValues(spec, name, distinctValues(configurations, name)) };
  });
  axes.push({ name: 'seed', text: describeSeeds(spec.seeds) });
  const nameColumns = Math.max(...axes.map(({ name }) => name.length));
  return axes.map(({ name, text }) => {
    const head = `  ${name.padEnd(nameColumns)}  `;
    return wrap(text, columns, ' '.repeat(head.length), head);
  });
}

const MAX_LISTED_DRAWS = 8;

/** `0.5  1  2   (3 values)`; of many draws from a range the ends: `0.0012 … 0.93   (20 values drawn)`. */
function describeValues({ axes, when, search, tried }: PlannedSweep['spec'], name: string, found: unknown[]): string {
  const axis = axes.find(({ parameter }) => parameter === name);
  const possible = axis && possibleValues({ axes, when }, axis);
  const declared = possible && [...possible, ...tried.flatMap((parameters) => parameters[name] ?? [])];
  // Draws come in any order; choices are known in the order of the file.
  const position = (value: unknown): number =>
    typeof value === 'number' ? value : (declared ?? []).findIndex((choice) => isSameValue(choice, value));
  if (isLearning(search)) {
    if (declared !== undefined)
      return `${declared.map(formatValue).join('  ')} ${unbroken(`  (${count(declared.length, 'value')})`)}`;
    if (axis?.domain.kind === 'range') {
      const { min, max, scale } = axis.domain;
      return `${formatValue(min)} … ${formatValue(max)} ${unbroken(`  (a ${scale === 'log' ? 'log ' : ''}range)`)}`;
    }
  }
  const values = search.kind === 'grid' ? found : found.toSorted((a, b) => position(a) - position(b));
  const size = unbroken(`  (${count(values.length, 'value')}${declared === undefined ? ' drawn' : ''})`);
  if (declared !== undefined || values.length <= MAX_LISTED_DRAWS) {
    return `${values.map(formatValue).join('  ')} ${size}`;
  }
  return `${formatValue(values[0])} … ${formatValue(values.at(-1))} ${size}`;
}

/** `0  1  2   (3 seeds)`, and `0 … 99   (100 seeds)` where there are many in a row. */
function describeSeeds(seeds: readonly number[]): string {
  const [first = 0] = seeds;
  const isRow = seeds.length > 5 && seeds.every((seed, i) => seed === first + i);
  const size = unbroken(`  (${count(seeds.length, 'seed')})`);
  return `${isRow ? `${first} … ${seeds.at(-1)!}` : seeds.join('  ')} ${size}`;
}
