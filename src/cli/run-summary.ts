import { formatDuration, formatInterval } from '../report/format.ts';
import { metricInfo } from '../report/metric.ts';
import { summarize } from '../report/summarize.ts';
import { shellWord } from '../report/text.ts';
import type { SweepSnapshot } from '../store/read-model.ts';
import type { RunResult } from '../sweep.ts';
import { isFinished, TRIAL_STATES } from '../trial/state.ts';
import { formatCount, formatParameters, plural, shortId } from './format.ts';

/** How a run ended: the headline, the best configuration so far, and what to do next. */
export function summaryLines(
  result: RunResult,
  snapshot: SweepSnapshot,
  { spec, overrides }: { readonly spec: string; readonly overrides: readonly string[] },
): [headline: string, ...rest: string[]] {
  const again = ['sweep run', ...[spec, ...overrides].map(shellWord)].join(' ');
  const next = [
    ...(result.interrupted || result.counts.failed > 0 ? [again] : []),
    `sweep report ${result.name} --best`,
    ...result.selected.slice(0, 1).map((trial) => `sweep show ${shortId(trial)}`),
  ];
  return [headline(result), ...bestLine(snapshot), `Next: ${next.join(' · ')}`];
}

function headline({ name, counts, change, interrupted, exitCode, elapsedMs }: RunResult): string {
  const total = TRIAL_STATES.reduce((sum, state) => sum + counts[state], 0);
  const done = TRIAL_STATES.filter(isFinished).reduce((sum, state) => sum + counts[state], 0);
  const elapsed = formatDuration(elapsedMs / 1000);
  if (interrupted) {
    return `Saved ${name}: ${formatCount(done)} of ${plural(total, 'trial')} done, ${formatCount(total - done)} to go · ${elapsed}`;
  }
  const taken = change.reused > 0 ? ` (${formatCount(change.reused)} taken over from another sweep)` : '';
  const others = TRIAL_STATES.filter((state) => state !== 'completed' && counts[state] > 0);
  return [
    `${exitCode === 0 ? '✓' : '!'} ${name}: ${plural(counts.completed, 'trial')} completed${taken}`,
    ...others.map((state) => `, ${formatCount(counts[state])} ${state}`),
    ` · ${elapsed}`,
  ].join('');
}

function bestLine(snapshot: SweepSnapshot): string[] {
  const model = summarize(snapshot, { best: 1 });
  const [best] = model.configurations;
  const score = best?.metrics[model.metric];
  if (best === undefined || score === undefined) return [];
  const interval = formatInterval(score, metricInfo(model.metric).decimals);
  const parameters = formatParameters(best.params, model.differing);
  return [
    `  best  ${parameters}${parameters === '' ? '' : '   '}${model.metric} ${interval} (${plural(best.n, 'seed')})`,
  ];
}
