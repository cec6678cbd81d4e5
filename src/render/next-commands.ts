import { describeFilter } from '../analysis/filter.ts';
import type { ReportModel } from '../analysis/report-model.ts';
import { formatValue } from '../text/format-value.ts';
import { plain } from '../text/printable.ts';
import { shellWord } from '../text/shell-word.ts';
import { shortId } from './format.ts';

/** Look at the winner, if there is one; compare it with its rival; write it down. Of the same trials, ending with `flags`. */
export function nextCommands({ sweep, winner, where, by, all, idLength }: ReportModel, flags: string): string[] {
  if (winner === null) return [];
  const { trial, rival } = winner;
  const name = shellWord(plain(sweep));
  const scope = `${where === null ? '' : ` --where ${shellWord(describeFilter(where))}`}${all ? ' --all' : ''}`;
  const sides = rival?.values.map((value) => shellWord(`${rival.parameter}=${formatValue(value)}`)).join(' ');
  return [
    `sweep show ${shortId(trial, idLength)}`,
    ...(sides === undefined ? [] : [`sweep compare ${name} ${sides}${scope}`]),
    `sweep report ${name} --format md${by === null ? '' : ` --by ${shellWord(plain(by))}`}${scope}`,
  ].map((command) => command + flags);
}
