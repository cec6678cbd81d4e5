import { effectName, type Effects, type LevelEffect, type ParameterEffect } from '../../analysis/effects/effects.ts';
import type { Cell, Column } from '../../analysis/table.ts';
import { quantityOf } from '../../metrics/index.ts';
import { tally } from '../../text/format-number.ts';
import { formatValue } from '../../text/format-value.ts';
import { effectsNotes, effectsSentences, effectsTitle, shareText } from './effects-text.ts';
import { renderFitted } from '../layout/fitted-table.ts';
import { columnsOf } from '../layout/grid.ts';
import { clip, dimNote, styled, unbroken, wrap, type Layout } from '../layout/text.ts';

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
  const bars = barsOf(effects);
  const column = columnsOf(rows);
  const [means, ...others] = measuredColumns(rows, effects);
  const columns = [
    column(
      '',
      0,
      ({ parameter, level }) =>
        clip(level === null ? effectName(parameter) : `  ${formatValue(level.value)}`, MAX_VALUE),
      'left',
    ),
    ...(effects.parameters.some(({ share }) => share !== null)
      ? [column('share', 0, ({ parameter, level }) => (level === null ? shareText(parameter.share) : null), 'left')]
      : []),
    means!,
    column('', 2, ({ level }) => (level === null ? null : bars(level)), 'left'),
    ...others,
  ].map((one) => ({
    ...one,
    style: (row: number) => {
      const { parameter, level } = rows[row]!;
      if (level === null) return one.header === '' ? ('bold' as const) : undefined;
      const { extremes, levels } = parameter;
      return effects.goal !== null && extremes !== null && levels[extremes.best] === level && one === means
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

/** What was measured of a row's value, its mean first; nothing in the row of a parameter. */
export function measuredColumns(rows: readonly EffectRow[], { metric, goal }: Effects): Column[] {
  const { decimals, label } = quantityOf(metric);
  const column = columnsOf(rows);
  const number = (
    header: string,
    sacrifice: number,
    of: (level: LevelEffect) => number | null,
    digits = decimals,
  ): Column => {
    const cell = (value: number | null): Cell => (value === null ? null : { kind: 'number', value, decimals: digits });
    return column(header, sacrifice, ({ level }) => cell(level && of(level)), 'right');
  };
  const lost = column('lost', 0, ({ level }) => (level && tally(level.lost).join(', ')) || null, 'left');
  return [
    number(label, 0, ({ mean }) => mean),
    ...(goal === null ? [] : [number('best', 1, ({ best }) => best)]),
    number('spread', 5, ({ spread }) => spread),
    number('recon', 4, ({ reconstruction }) => reconstruction, 2),
    number('KL', 4, ({ kl }) => kl, 2),
    number('configs', 6, ({ configurations }) => configurations, 0),
    ...(lost.cells.every((cell) => cell === null) ? [] : [lost]),
  ];
}
