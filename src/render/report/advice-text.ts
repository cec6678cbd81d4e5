import type { ReportModel } from '../../analysis/report/report-model.ts';
import { MOST_SEEDS } from '../../analysis/report/seed-advice.ts';
import { quantityOf } from '../../metrics/index.ts';
import { count, formatNumber } from '../../text/format-number.ts';
import { formatRoughly } from '../format.ts';

/** What more seeds would do for the first two places, with the assumptions it rests on; false where they are told apart. */
export function adviceText({ advice, metric }: Pick<ReportModel, 'advice' | 'metric'>): string | false {
  if (advice === null) return false;
  const { gap, seeds, needed, cost, isOfConfirmed } = advice;
  const { amount, decimals } = quantityOf(metric);
  const least = 10 ** -decimals;
  const apart = `${gap < least ? `less than ${least}` : formatNumber(gap, decimals)} ${amount} apart`;
  if (needed === null || cost === null) {
    return `more seeds are not worth it to tell #1 from #2: ${apart}, with the pooled noise, they would need more than ${MOST_SEEDS} each`;
  }
  const time = formatRoughly(cost.trials * cost.secondsEach);
  return (
    `about ${count(needed - seeds, 'more seed')} each would tell #1 from #2 (${apart}) with 80 % power, if gap and pooled noise ` +
    `stay as they are; for all ${isOfConfirmed ? 'that are confirmed' : 'configurations'} ${count(cost.trials, 'trial')}, ${time} of training one at a time`
  );
}

/** `seeds=14`, as it follows a spec: how many where they are 0, 1, …, else which. Undefined where no advice has it. */
export function seedsOverride({ advice }: Pick<ReportModel, 'advice'>): string | undefined {
  const list = advice?.list;
  if (list === null || list === undefined) return undefined;
  if (advice!.isOfConfirmed) return `seeds.confirm=${list.length}`;
  return `seeds=${list.every((seed, i) => seed === i) ? list.length : list.join(',')}`;
}
