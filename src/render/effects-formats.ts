/** The effects for other programs and documents. */
import { nameOf, type Effects } from '../analysis/effects/effects.ts';
import { toUserSpelling } from '../sweep-file/naming.ts';
import { toCsv } from './csv.ts';
import { effectsNotes, effectsSentences, effectsTitle } from './effects-text.ts';
import { effectTexts } from './effects-table.ts';
import { wantedJson } from './comparison-json.ts';
import { toJsonLine } from './json.ts';
import { escapeMarkdown } from './markdown.ts';

/** `vae-sweep.effects/1`: the value that the table is drawn from, and its sentences. */
export function renderEffectsJson(effects: Effects): string {
  const { where, ...rest } = effects;
  return toJsonLine({
    schema: 'vae-sweep.effects/1',
    ...(toUserSpelling(rest) as object),
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
      ...[sweep, metric, nameOf(one), one.share?.share, one.share?.low, one.share?.high, level.value],
      ...[bin?.from, bin?.to, level.mean, level.best, level.spread, level.reconstruction, level.kl],
      ...[level.configurations, level.trials, level.completed, lost.diverged, lost.failed, lost.pruned],
    ]),
  );
  return toCsv([header, ...lines]);
}

export function renderEffectsMarkdown(effects: Effects): string {
  const [header, ...lines] = effectTexts(effects);
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const blocks = [
    `## ${escapeMarkdown(effectsTitle(effects))}`,
    effectsSentences(effects)
      .map((text) => `- ${escapeMarkdown(text)}`)
      .join('\n'),
    [line(header!), `|${' --- |'.repeat(header!.length)}`, ...lines.map(line)].join('\n'),
    effectsNotes(effects).map(escapeMarkdown).join('  \n'),
  ];
  return `${blocks.join('\n\n')}\n`;
}
