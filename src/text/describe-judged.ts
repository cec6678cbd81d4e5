import { count, formatCount } from './format-number.ts';

/** `after epoch 3: 7 of 21 configurations go on`; `cohort`, from 0, is named from the second on. */
export function describeJudged(rung: {
  readonly cohort: number;
  readonly epoch: number;
  readonly configurations: number;
  readonly pruned: number;
}): string {
  const { cohort, epoch, configurations, pruned } = rung;
  const which = cohort === 0 ? '' : `cohort ${cohort + 1}, `;
  const left = configurations - pruned;
  const goOn = left === 1 || configurations === 1 ? 'goes on' : 'go on';
  return `${which}after epoch ${epoch}: ${formatCount(left)} of ${count(configurations, 'configuration')} ${goOn}`;
}
