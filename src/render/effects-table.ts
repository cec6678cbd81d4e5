import type { Effects, LevelEffect, ParameterEffect } from '../analysis/effects/effects.ts';
import type { Cell } from '../analysis/table.ts';
import { quantityOf } from '../metrics/index.ts';
import { tally } from '../text/format-number.ts';
import { formatNumber } from '../text/format-number.ts';
import { effectsNotes, effectsSentences, effectsTitle, nameOf, shareText, valueText } from './effects-text.ts';
import { renderFitted } from './fitted-table.ts';
import { columnsOf } from './grid.ts';
import { clip, dimNote, styled, unbroken, wrap, type Layout } from './text.ts';

/** A line of the table: a parameter with its share, or one of its values. */
export type EffectRow = { readonly parameter: ParameterEffect; readonly level: LevelEffect | null };

export function effectRows({ parameters }: Effects): EffectRow[] {
  return parameters.flatMap((parameter) => [
    { parameter, level: null },
    ...parameter.levels.map((level) => ({ parameter, level })),
  ]);
}

/** Not to be broken: `57 % (50 to 63)`, `< 1 %`. */
const SHARE = /(?:< )?\d+ %(?: \((?:< )?\d+ to (?:< )?\d+\))?/g;

const BAR_CELLS = 8;
const MAX_VALUE = 28;

/** Every parameter with its values; narrow terminals lose measured columns, never a parameter, a value or its mean. */
export function renderEffects(effects: Effects, layout: Layout): string {
  const rows = effectRows(effects);
  const { decimals, label } = quantityOf(effects.metric);
  const bars = barsOf(effects);
  const column = columnsOf(rows);
  const number = (value: number | null | undefined, digits = decimals): Cell =>
    value === null || value === undefined ? null : { kind: 'number', value, decimals: digits };
  const columns = [
    column(
      '',
      0,
      ({ parameter, level }) => clip(level === null ? nameOf(parameter) : `  ${valueText(level)}`, MAX_VALUE),
      'left',
    ),
    ...(effects.parameters.some(({ share }) => share !== null)
      ? [column('share', 0, ({ parameter, level }) => (level === null ? shareText(parameter.share) : null), 'left')]
      : []),
    column(label, 0, ({ level }) => number(level?.mean), 'right'),
    column('', 2, ({ level }) => (level === null ? null : bars(level)), 'left'),
    ...(effects.goal === null ? [] : [column('best', 1, ({ level }) => number(level?.best), 'right')]),
    column('spread', 5, ({ level }) => number(level?.spread), 'right'),
    column('recon', 4, ({ level }) => number(level?.reconstruction, 2), 'right'),
    column('KL', 4, ({ level }) => number(level?.kl, 2), 'right'),
    column('configs', 6, ({ level }) => level?.configurations ?? null, 'right'),
    ...(rows.some(({ level }) => level !== null && lostText(level) !== '')
      ? [column('lost', 0, ({ level }) => (level === null ? null : lostText(level)), 'left')]
      : []),
  ].map((one) => ({
    ...one,
    style: (row: number) => {
      const { parameter, level } = rows[row]!;
      if (level === null) return one.header === '' ? ('bold' as const) : undefined;
      const { extremes, levels } = parameter;
      return effects.goal !== null && extremes !== null && levels[extremes.best] === level && one.header === label
        ? ('green' as const)
        : undefined;
    },
  }));
  const table = renderFitted(columns, layout, '--json');
  const sentences = effectsSentences(effects);
  const sections = [
    styled(layout, 'bold', wrap(effectsTitle(effects), layout.columns, '  ', '')),
    ...sentences.map((text) => wrap(text.replaceAll(SHARE, unbroken), layout.columns, ' ', ' ')),
    ...(rows.length === 0 ? [] : ['', table.text, '']),
    ...(rows.length === 0 ? [] : effectsNotes(effects).map((text) => dimNote(layout, text))),
    ...(rows.length === 0 ? [] : table.notes.map((text) => dimNote(layout, text))),
  ];
  return `${sections.join('\n')}\n`;
}

/** Bars of the means, from the worst to the best of the whole table, so that parameters are seen beside each other. */
function barsOf({ parameters, goal }: Effects): (level: LevelEffect) => string {
  const means = parameters.flatMap(({ levels }) => levels.flatMap(({ mean }) => mean ?? []));
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
  return ({ mean }) => {
    if (mean === null || high === low) return '';
    const part = goal === 'minimize' ? (high - mean) / (high - low) : (mean - low) / (high - low);
    const steps = Math.round(part * BAR_CELLS * 8);
    return '█'.repeat(Math.floor(steps / 8)) + (eighths[steps % 8] ?? '');
  };
}

/** `3 diverged, 1 pruned`. */
export function lostText({ lost }: LevelEffect): string {
  return tally(lost).join(', ');
}

/** The same as Markdown-able rows of text: header, then lines. */
export function effectTexts(effects: Effects): string[][] {
  const { decimals, label } = quantityOf(effects.metric);
  const number = (value: number | null, digits = decimals): string =>
    value === null ? '' : formatNumber(value, digits);
  return [
    ['parameter', 'share', 'value', label, 'best', 'spread', 'recon', 'KL', 'configurations', 'lost'],
    ...effectRows(effects).flatMap(({ parameter, level }) =>
      level === null
        ? []
        : [
            [
              nameOf(parameter),
              shareText(parameter.share),
              valueText(level),
              ...[level.mean, level.best, level.spread].map((value) => number(value)),
              ...[level.reconstruction, level.kl].map((value) => number(value, 2)),
              String(level.configurations),
              lostText(level),
            ],
          ],
    ),
  ];
}
