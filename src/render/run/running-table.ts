/** The running trials of the live view, as a table. */
import { epochsOf } from '../../analysis/progress/progress.ts';
import type { ProgressState, RunningTrial } from '../../analysis/progress/progress-state.ts';
import type { Cell, Column } from '../../analysis/table.ts';
import { quantityOf } from '../../metrics/index.ts';
import { formatCount } from '../../text/format-number.ts';
import { formatValue } from '../../text/format-value.ts';
import { sampleNoun } from '../../text/sample-noun.ts';
import { shortId, formatElapsed } from '../format.ts';
import { columnsOf, fitColumns, gridWidth, renderGrid, type TextColumn } from '../layout/grid.ts';
import { shortTexts } from '../layout/short-cells.ts';
import { sparkline, MIN_CURVE_COLUMNS } from '../layout/sparkline.ts';
import { clip, styled, styledLine, type Layout } from '../layout/text.ts';

const GAP = 2;

/** A blank line, the column heads and the running trials, in at most `room` lines; nothing where that's too few. */
export function runningTable(state: ProgressState, window: Layout, room: number): string[] {
  const all = [...state.running.values()];
  if (all.length === 0 || room < 3) return [];
  const shown = all.length <= room - 2 ? all : all.slice(0, Math.max(1, room - 3));
  const column = columnsOf(shown);
  const { metric: name } = state.objective;
  const { decimals } = quantityOf(name);
  const columns = [
    column('device', 0, ({ device }) => device),
    column('trial', 0, ({ trial }) => shortId(trial.id)),
    ...state.swept.map((name) =>
      column(name, 2, ({ trial: { params } }) => (name in params ? formatValue(params[name]) : null), 'left'),
    ),
    column('seed', 1, ({ trial }) => trial.seed),
    column('epoch', 0, (one) => phaseOf(one, state.nowMs) ?? epochCell(one), 'right'),
    column(name, 0, ({ curve }) => {
      const value = curve.at(-1);
      return value === undefined ? null : { kind: 'number', value, decimals };
    }),
    // Who only watches doesn't know.
    ...(shown.some(({ imagesPerSecond: speed, phase }) => speed !== null || phase !== 'training')
      ? [
          column(
            `${sampleNoun(shown[0]?.trial.config.dataset.own)}s/s`,
            3,
            ({ imagesPerSecond: speed }) => speed && formatCount(Math.round(speed)),
            'right',
          ),
        ]
      : []),
  ];
  const asTexts = (one: Column): TextColumn => ({ column: one, header: one.header, ...shortTexts(one) });
  const fitting = fitColumns(columns.map(asTexts), window).shown;
  // What is left of the width is the curve's, where that is enough.
  const spare = window.columns - gridWidth(fitting) - GAP;
  const curves = column('', 0, ({ curve }) => sparkline(curve, spare).text, 'left');
  const hasCurve = spare >= MIN_CURVE_COLUMNS && shown.some(({ curve }) => curve.length > 0);
  const withCurve = hasCurve ? [...fitting, asTexts(curves)] : fitting;
  const text = renderGrid(withCurve, { ...window, colour: false });
  const [head = '', ...rows] = text.split('\n').map((line) => clip(line, window.columns));
  const hidden = all.length - shown.length;
  const more = hidden > 0 && room > shown.length + 2 ? [styledLine(window, ` and ${hidden} more`, 'dim')] : [];
  return ['', styled(window, 'dim', head), ...rows, ...more];
}

function epochCell({ trial }: RunningTrial): Cell {
  return { kind: 'part', part: trial.epochs, whole: epochsOf(trial) };
}

/** What takes the time before a trial trains. */
function phaseOf({ phase, phaseAtMs }: RunningTrial, nowMs: number): string | undefined {
  return phase === 'training' ? undefined : `${phase} ${formatElapsed(nowMs - phaseAtMs)}`;
}
