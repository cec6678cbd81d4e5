import Table from 'cli-table3';
import type { Measurement, Target } from './bench-case.ts';
import { judge } from './judge.ts';

/** The borders of a Markdown table, so that it can be pasted as it is. */
const MARKDOWN = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '|', 'left-mid': '|', mid: '-', 'mid-mid': '|', right: '|', 'right-mid': '|', middle: '|' },
};

export interface Row {
  readonly benchCase: string;
  /** An error's message where the case failed. */
  readonly measurement: Measurement | string;
}

export function renderTable(rows: readonly Row[]): string {
  const table = new Table({
    chars: MARKDOWN,
    style: { head: [], border: [], compact: false },
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'left'],
    head: ['case', 'what', 'ours', 'peer', 'ratio', 'minimum', 'aim', 'verdict'],
  });
  for (const { benchCase, measurement } of rows) {
    table.push(
      typeof measurement === 'string'
        ? [benchCase, measurement, '', '', '', '', '', 'failed']
        : [benchCase, ...cells(measurement)],
    );
  }
  // cli-table3 rules off every row; Markdown wants one rule, under the head.
  const lines = table.toString().split('\n');
  return lines.filter((line, i) => i < 2 || !/^[|-]+$/.test(line)).join('\n');
}

function cells(measurement: Measurement): string[] {
  const { what, unit, target } = measurement;
  const { ours, peer, judged, verdict } = judge(measurement);
  const bound = (value: number): string => (target === null ? '' : formatBound(target, value, unit));
  return [
    what,
    `${formatNumber(ours)} ${unit}`,
    peer === null ? '–' : `${formatNumber(peer)} ${unit}`,
    target === null || target.figure === 'ours' ? '–' : formatFigure(target, judged, unit),
    bound(target?.minimum ?? 0),
    bound(target?.aim ?? 0),
    verdict,
  ];
}

function formatBound(target: Target, value: number, unit: string): string {
  const sign = { 'at least': '≥', 'at most': '≤', within: '±' }[target.sense];
  return `${sign} ${formatFigure(target, value, unit)}`;
}

function formatFigure({ figure }: Target, value: number, unit: string): string {
  return figure === 'ours' || figure === 'ours-peer' ? `${formatNumber(value)} ${unit}` : `${value.toFixed(2)}×`;
}

/** Three significant digits; whole numbers from 100 on. */
export function formatNumber(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
