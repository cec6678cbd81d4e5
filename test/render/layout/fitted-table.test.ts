/** Tables of any width with values of any length: what was swept and the difference to the best are always there. */
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { summarize } from '../../../src/analysis/report/summarize.ts';
import type { Parameters } from '../../../src/model/parameter.ts';
import { renderReportTable } from '../../../src/render/report/table.ts';
import { seedsWith, snapshotOf } from '../../analysis/support.ts';

const WIDTHS = [40, 60, 80, 140];
const SWEPT = ['hidden', 'activation', 'beta', 'latent_dim', 'learning_rate'];

const wide: Partial<Parameters>[] = [
  { hidden: [512], activation: 'relu', beta: 1, latent_dim: 10, learning_rate: 0.001 },
  { hidden: [256], activation: 'elu', beta: 4, latent_dim: 32, learning_rate: 0.0003 },
  {
    hidden: [1024, 512, 256, 128, 64, 32, 16, 8],
    activation: 'leaky_relu',
    beta: 2,
    latent_dim: 20,
    learning_rate: 1.23456789e-19,
  },
];

/** Whose last configuration exploded. */
function report(columns: number, configurations = wide, explosion = -1.2e19): string {
  const last = configurations.length - 1;
  const trials = configurations.flatMap((parameters, index) => {
    return seedsWith(index === last ? [explosion, explosion * 0.9] : [-36 - index, -36.5 - index], { parameters });
  });
  const text = renderReportTable(summarize(snapshotOf(trials, { swept: SWEPT })), { columns, colour: false });
  for (const line of text.split('\n')) expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
  return text;
}

/** From the table's head to the notes. */
function tableOf(text: string): string {
  return text.split('\n\n')[1]!.split(/\n (?=same everywhere|±|not shown|rounded|cut)/)[0]!;
}

describe.each(WIDTHS)('at %i columns', (columns) => {
  test('every swept parameter and vs best are shown', () => {
    const table = tableOf(report(columns)).replaceAll(/\s+/g, '');
    for (const name of [...SWEPT, 'vsbest', 'val/elbo']) {
      // A header may be broken in two.
      const pieces = name.split(/(?<=_)/);
      for (const piece of pieces) expect(table).toContain(piece);
    }
    for (const value of ['[512]', '[256]', 'leaky_relu', '0.0003', '32', '-36.25']) expect(table).toContain(value);
  });

  test('an outlier makes no column wider than the others need', () => {
    const usual: Partial<Parameters>[] = [{ beta: 1 }, { beta: 4 }, { beta: 2 }];
    const tame = tableOf(report(columns, usual, -40)).split('\n');
    const exploded = tableOf(report(columns, usual)).split('\n');
    const width = (lines: readonly string[]): number => Math.max(...lines.map((line) => stringWidth(line)));
    if (columns >= 80) expect(width(exploded) - width(tame)).toBeLessThanOrEqual(8);
  });

  test('what is rounded or cut is said, and where the whole is', () => {
    const text = report(columns);
    const isWhole = tableOf(text).replaceAll(/\s+/g, '').includes('[1024,512,256,128,64,32,16,8]');
    if (!isWhole)
      expect(text.replaceAll(/\s+/g, ' ')).toMatch(/(rounded or cut|cut) here: [^(]*hidden[^(]*\(--format csv/);
  });
});

test('a table that fits without a column says which', () => {
  expect(report(80).replaceAll(/\s+/g, ' ')).toMatch(/not shown at this width: [^(]*recon/);
});

test('values that differ only at their end are not cut to the same text', () => {
  const long = [512, 256, 128, 64, 32, 16];
  const configurations = [
    { hidden: [8] },
    { hidden: [16] },
    { hidden: [32] },
    { hidden: [...long, 8] },
    { hidden: [...long, 4] },
  ];
  const table = tableOf(report(140, configurations));
  expect(table).toContain(`[${[...long, 8].join(',')}]`);
  expect(table).toContain(`[${[...long, 4].join(',')}]`);
});
