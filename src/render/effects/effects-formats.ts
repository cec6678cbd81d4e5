/** The effects for other programs and documents. */
import { effectName, type Effects } from '../../analysis/effects/effects.ts';
import { toUserSpelling } from '../../sweep-file/naming.ts';
import { toCsv } from '../csv.ts';
import { effectsNotes, effectsSentences, effectsTitle, shareText } from './effects-text.ts';
import { effectRows, measuredColumns } from './effects-table.ts';
import { columnsOf } from '../layout/grid.ts';
import { wantedJson } from '../comparison/comparison-json.ts';
import { toJsonLine } from '../json-line.ts';
import { escapeMarkdown, markdownTable } from '../report/markdown.ts';

/** `vae-sweep.effects/1`: the value that the table is drawn from, and its sentences. */
export function renderEffectsJson(effects: Effects): string {
  const { where, ...rest } = effects;
  return toJsonLine({
    schema: 'vae-sweep.effects/1',
    ...(toUserSpelling({ ...rest, noun: undefined }) as object),
    where: where === null ? null : Object.fromEntries(where.terms.map((term) => [term.parameter, wantedJson(term)])),
    sentences: effectsSentences(effects),
  });
}

/** A line for each value of each parameter. */
export function renderEffectsCsv({ sweep, metric, parameters }: Effects): string {
  const header = [
    ...['sweep', 'metric', 'parameter', 'share', 'share_low', 'share_high', 'value', 'from', 'to', 'mean', 'best'],
    ...['spread', 'reconstruction', 'kl', 'configurations', 'trials', 'completed', 'diverged', 'failed', 'pruned'],
  ];
  const lines = parameters.flatMap((one) =>
    one.levels.map(({ lost, bin, ...level }) => [
      ...[sweep, metric, effectName(one), one.share?.share, one.share?.low, one.share?.high, level.value],
      ...[bin?.from, bin?.to, level.mean, level.best, level.spread, level.reconstruction, level.kl],
      ...[level.configurations, level.trials, level.completed, lost.diverged, lost.failed, lost.pruned],
    ]),
  );
  return toCsv([header, ...lines]);
}

export function renderEffectsMarkdown(effects: Effects): string {
  const rows = effectRows(effects).flatMap(({ parameter, level }) => (level === null ? [] : [{ parameter, level }]));
  const column = columnsOf(rows);
  const blocks = [
    `## ${escapeMarkdown(effectsTitle(effects))}`,
    effectsSentences(effects)
      .map((text) => `- ${escapeMarkdown(text)}`)
      .join('\n'),
    markdownTable([
      column('parameter', 0, ({ parameter }) => effectName(parameter)),
      column('share', 0, ({ parameter }) => shareText(parameter.share)),
      column('value', 0, ({ level }) => ({ kind: 'parameter', value: level.value })),
      ...measuredColumns(rows, effects),
    ]),
    effectsNotes(effects).map(escapeMarkdown).join('  \n'),
  ];
  return `${blocks.join('\n\n')}\n`;
}
