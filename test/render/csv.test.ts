import { expect, test } from 'vitest';
import { renderReportCsv } from '../../src/render/csv.ts';
import { summarize } from '../../src/analysis/report/summarize.ts';
import { betaSweep, seedsWith, snapshotOf } from '../analysis/support.ts';

test('the best three as CSV', async () => {
  await expect(renderReportCsv(summarize(betaSweep(), { best: 3 }))).toMatchFileSnapshot('golden/report.csv');
});

test.each(['=1+1', '+1', '@SUM(A1)', '-1'])('a sweep called %s is not run as a formula', (name) => {
  const [, row] = renderReportCsv(summarize(snapshotOf(seedsWith([-36]), { name }))).split('\n');
  expect(row).toMatch(new RegExp(`^'\\${name.charAt(0)}`));
});

test('negative figures stay figures', () => {
  const [header, row] = renderReportCsv(summarize(snapshotOf(seedsWith([-36.5])))).split('\n');
  expect(row?.split(',')[header!.split(',').indexOf('val/elbo')]).toBe('-36.5');
});
