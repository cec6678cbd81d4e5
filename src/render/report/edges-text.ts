import type { ReportModel } from '../../analysis/report/report-model.ts';
import { formatValue } from '../../text/format-value.ts';
import { joinWords } from '../../text/join-words.ts';

/** `#1 has the largest latent_dim (10) and the largest learning_rate (0.003) of those tried: values beyond may be better`. */
export function edgesText({ edges }: Pick<ReportModel, 'edges'>): string | false {
  if (edges.length === 0) return false;
  const told = edges.map(({ parameter, value, end }) => `the ${end} ${parameter} (${formatValue(value)})`);
  const list = joinWords(told);
  return `#1 has ${list} of those tried: values beyond may be better`;
}
