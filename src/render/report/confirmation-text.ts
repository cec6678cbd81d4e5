import type { ReportModel } from '../../analysis/report/report-model.ts';
import { count, formatCount } from '../../text/format-number.ts';

/** `3 of 64 configurations are confirmed: chosen by seed 0, ranked by seeds 1 to 4 alone`; nothing where nothing is. */
export function confirmationTexts({ confirmation, metric }: Pick<ReportModel, 'confirmation' | 'metric'>): string[] {
  if (confirmation === null) return [];
  const { screened, confirmed, chosenBy, judgedBy } = confirmation;
  if (confirmed === 0)
    return [`${count(screened, 'configuration')} in the screening, by ${seedsText(chosenBy)}; none is confirmed yet`];
  const are = confirmed === 1 ? 'is' : 'are';
  const choice = `chosen by ${metric} of ${seedsText(chosenBy)}, ranked by ${seedsText(judgedBy)} alone, which had no part in the choice`;
  return [`${formatCount(confirmed)} of ${count(screened, 'configuration')} ${are} confirmed: ${choice}`];
}

/** `seed 0`, `seeds 1 to 4`, `seeds 1, 3`. */
export function seedsText(seeds: readonly number[]): string {
  const [first = 0] = seeds;
  if (seeds.length === 1) return `seed ${first}`;
  const isRow = seeds.length > 2 && seeds.every((seed, i) => seed === first + i);
  return `seeds ${isRow ? `${first} to ${seeds.at(-1)!}` : seeds.join(', ')}`;
}
