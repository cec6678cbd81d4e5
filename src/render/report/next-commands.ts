import type { ReportModel } from '../../analysis/report/report-model.ts';
import { formatValue } from '../../text/format-value.ts';
import { plain } from '../../text/printable.ts';
import { shellWord } from '../../text/shell-word.ts';
import { shortId } from '../format.ts';
import { scopeFlags } from '../scope-text.ts';

/** Commands on the spec of a sweep, where its file is known. */
export interface SpecCommands {
  /** Trains what is open or failed. */
  readonly goOn?: string | undefined;
  /** Trains the seeds that the report advises. */
  readonly moreSeeds?: string | undefined;
}

/**
 * What leads on from a report: train what is left, or watch; look at the winner; look at all trials, where there is doubt
 * or no winner; compare it with its rival, or see what each parameter does; write it down. Of the same trials, ending with `flags`.
 */
export function nextCommands(model: ReportModel, flags: string, { goOn }: SpecCommands = {}): string[] {
  const { sweep, state, trials, winner, warnings, by, idLength, differing } = model;
  const name = shellWord(plain(sweep));
  const isOpen = trials.queued + trials.running + trials.failed + trials.cancelled > 0;
  const isDoubtful = winner === null || warnings.some(({ kind }) => kind === 'verdicts');
  const scope = scopeFlags(model);
  const order = by === null ? '' : ` --by ${shellWord(plain(by))}`;
  const sides = winner?.rival?.values
    .map((value) => shellWord(`${winner.rival!.parameter}=${formatValue(value)}`))
    .join(' ');
  return [
    ...(isOpen && state !== 'running' && goOn !== undefined ? [goOn] : []),
    ...[
      state === 'running' && `sweep status ${name} --watch`,
      winner !== null && `sweep show ${shortId(winner.trial, idLength)}`,
      isDoubtful && trials.total > 0 && `sweep show ${name}`,
      sides !== undefined && `sweep compare ${name} ${sides}${scope}`,
      winner !== null && sides === undefined && differing.length > 0 && `sweep effects ${name}${order}${scope}`,
      winner !== null && `sweep report ${name} --format md${order}${scope}`,
    ].flatMap((command) => (command === false ? [] : [command + flags])),
  ];
}
