import { describeParams } from '../../analysis/parameters.ts';
import { scalesOf } from '../../analysis/families.ts';
import { count, formatCount } from '../../text/format-number.ts';
import { formatDuration, formatInterval, shortId } from '../format.ts';
import { testResult } from '../report/report-texts.ts';
import { quantityOf } from '../../metrics/index.ts';
import type { ReportModel, Warning } from '../../analysis/report/report-model.ts';
import { shortTradeText } from '../report/trade-text.ts';
import { describeWarning } from '../report/warning-text.ts';
import { marked, nextLine, unbroken, wrap, type Layout } from '../layout/text.ts';
import { plain } from '../../text/printable.ts';
import type { SampleNoun } from '../../text/sample-noun.ts';
import type { RunResult } from '../../run/run-result.ts';
import { isFinished, TRIAL_STATES } from '../../trial/state.ts';

/** Warnings that tell how trials ended; the others are about the order, which is the report's business. */
const LOSSES: readonly Warning['kind'][] = [
  'failed',
  'diverged',
  'weights_lost',
  'worse_than_constant',
  'worse_after_best',
];

export interface SummaryOptions {
  /** The command that goes on with the run; none where the spec can't be read again. */
  readonly runCommand: readonly string[];
  /** What the other suggested commands end with. */
  readonly flags: string;
}

/**
 * How a run ended: the headline, the best configuration so far (of a model of the best one; of families
 * that can't be compared, a model each), what went wrong, and what
 * to do next.
 */
export function summaryLines(
  result: RunResult,
  models: readonly ReportModel[],
  { runCommand, flags }: SummaryOptions,
  layout: Layout,
): [headline: string, ...rest: string[]] {
  const { idLength, noun = 'image' } = models[0] ?? {};
  const scales = scalesOf(models.flatMap(({ configurations }) => configurations.slice(0, 1)));
  const losses = models.flatMap((model) => {
    return model.warnings.filter(({ kind }) => LOSSES.includes(kind)).map((warning) => ({ warning, model }));
  });
  const [style, sign] =
    result.interrupted || result.exitCode !== 0 || losses.length > 0
      ? (['yellow', '!'] as const)
      : (['green', '✓'] as const);
  const worse = losses.flatMap(({ warning }) => (warning.kind === 'worse_than_constant' ? warning.trials : []));
  const again = result.lostWeights.slice(0, 3).map(({ trial }) => ` --again ${shortId(trial, idLength)}`);
  const next = [
    ...(again.length === 0 ? [] : runCommand.map((command) => command + again.join(''))),
    ...(result.interrupted || (again.length === 0 && result.counts.failed + result.failedTests.length > 0)
      ? runCommand
      : []),
    `sweep report ${result.name} --best${flags}`,
    ...result.selected.slice(0, 1).map((trial) => `sweep show ${shortId(trial, idLength)}${flags}`),
  ];
  return [
    marked(layout, style, sign, headline(result, worse.length, noun)),
    ...(result.endedBy === null ? [] : [wrap(`end   ${result.endedBy}`, layout.columns, '        ', '  ')]),
    ...models.flatMap((model) => bestLines(model, scales)).map((line) => wrap(line, layout.columns, '        ', '  ')),
    ...result.failedTests.map(({ trial, cause }) => {
      const text = `trial ${shortId(trial, idLength)} could not be evaluated on the test ${noun}s (${plain(cause)})`;
      return marked(layout, 'yellow', ' !', plain(text));
    }),
    ...losses.map(({ warning, model }) => marked(layout, 'yellow', ' !', plain(describeWarning(warning, model)))),
    nextLine(next, layout.columns),
  ];
}

/** `worse`: how many of the completed trials are no success. */
function headline(
  { name, counts, reused, interrupted, elapsedMs }: RunResult,
  worse: number,
  noun: SampleNoun,
): string {
  const total = TRIAL_STATES.reduce((sum, state) => sum + counts[state], 0);
  const elapsed = formatDuration(elapsedMs / 1000);
  const others = TRIAL_STATES.filter((state) => isFinished(state) && state !== 'completed' && counts[state] > 0);
  const losses = [
    worse > 0 ? `, ${formatCount(worse)} of them worse than a constant ${noun}` : '',
    ...others.map((state) => `, ${formatCount(counts[state])} ${state}`),
  ].join('');
  if (interrupted) {
    const left = formatCount(counts.queued + counts.running);
    return `Saved ${name}: ${formatCount(counts.completed)} of ${count(total, 'trial')} completed${losses}, ${left} to go · ${elapsed}`;
  }
  const taken = reused > 0 ? ` (${formatCount(reused)} taken over from another sweep)` : '';
  const left = counts.queued + counts.running;
  const open = left === 0 ? '' : `, ${formatCount(left)} left`;
  return `${name}: ${count(counts.completed, 'trial')} completed${taken}${losses}${open} · ${elapsed}`;
}

/** `best  beta=1   val/elbo -36.41 ± 0.52 (3 seeds)`, and what the test images said. */
function bestLines(model: ReportModel, scales: readonly string[]): string[] {
  const [best] = model.configurations;
  const score = best?.metrics[model.metric];
  if (best === undefined || score === undefined) return [];
  const interval = formatInterval(score, quantityOf(model.metric).decimals);
  const shown = [...new Set([...scales, ...model.differing])];
  const parameters = describeParams(best.params, shown);
  const test = testResult(best);
  const trade = shortTradeText(model);
  return [
    `best  ${parameters}${parameters === '' ? '' : '   '}${unbroken(`${model.metric} ${interval} (${count(best.n, 'seed')})`)}`,
    ...(test === '' ? [] : [`test  ${test}`]),
    ...(trade === undefined ? [] : [`trade ${trade}`]),
  ];
}
