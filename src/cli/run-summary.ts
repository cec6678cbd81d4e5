import { count, formatCount, formatDuration, formatInterval, shortId } from '../report/format.ts';
import { testResult } from '../report/heading.ts';
import { metricInfo } from '../report/metric.ts';
import { describeParams } from '../report/parameters.ts';
import type { ReportModel } from '../report/report-model.ts';
import { summarize } from '../report/summarize.ts';
import { marked, nextLine, unbroken, wrap, type Layout } from '../report/text.ts';
import type { SweepSnapshot } from '../store/read-model.ts';
import type { RunResult } from '../sweep.ts';
import { isFinished, TRIAL_STATES } from '../trial/state.ts';
import { repeatFlags, specCommand, type SpecFlags } from './flags.ts';

/** How a run ended: the headline, the best configuration so far, what went wrong, and what to do next. */
export function summaryLines(
  result: RunResult,
  snapshot: SweepSnapshot,
  flags: SpecFlags,
  layout: Layout,
): [headline: string, ...rest: string[]] {
  const [style, sign] =
    result.interrupted || result.exitCode !== 0 ? (['yellow', '!'] as const) : (['green', '✓'] as const);
  const model = summarize(snapshot, { best: 1 });
  const losses = model.warnings.filter(({ kind }) => kind === 'failed' || kind === 'diverged');
  const next = [
    ...(result.interrupted || result.counts.failed > 0 ? specCommand('run', flags) : []),
    `sweep report ${result.name} --best${repeatFlags(flags)}`,
    ...result.selected.slice(0, 1).map((trial) => `sweep show ${shortId(trial)}${repeatFlags(flags)}`),
  ];
  return [
    marked(layout, style, sign, headline(result)),
    ...bestLines(model).map((line) => wrap(line, layout.columns, '        ', '  ')),
    ...losses.map(({ message }) => marked(layout, 'yellow', ' !', message)),
    nextLine(next, layout.columns),
  ];
}

function headline({ name, counts, change, interrupted, elapsedMs }: RunResult): string {
  const total = TRIAL_STATES.reduce((sum, state) => sum + counts[state], 0);
  const elapsed = formatDuration(elapsedMs / 1000);
  const others = TRIAL_STATES.filter((state) => isFinished(state) && state !== 'completed' && counts[state] > 0);
  const losses = others.map((state) => `, ${formatCount(counts[state])} ${state}`).join('');
  if (interrupted) {
    const left = formatCount(counts.queued + counts.running);
    return `Saved ${name}: ${formatCount(counts.completed)} of ${count(total, 'trial')} completed${losses}, ${left} to go · ${elapsed}`;
  }
  const taken = change.reused > 0 ? ` (${formatCount(change.reused)} taken over from another sweep)` : '';
  return `${name}: ${count(counts.completed, 'trial')} completed${taken}${losses} · ${elapsed}`;
}

/** `best  beta=1   val/elbo -36.41 ± 0.52 (3 seeds)`, and what the test images said. */
function bestLines(model: ReportModel): string[] {
  const [best] = model.configurations;
  const score = best?.metrics[model.metric];
  if (best === undefined || score === undefined) return [];
  const interval = formatInterval(score, metricInfo(model.metric).decimals);
  const parameters = describeParams(best.params, model.differing);
  const test = testResult(best);
  return [
    `best  ${parameters}${parameters === '' ? '' : '   '}${unbroken(`${model.metric} ${interval} (${count(best.n, 'seed')})`)}`,
    ...(test === '' ? [] : [`test  ${test}`]),
  ];
}
