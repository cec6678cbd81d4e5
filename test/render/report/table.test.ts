import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { summarize } from '../../../src/analysis/report/summarize.ts';
import { renderReportTable } from '../../../src/render/report/table.ts';
import { betaSweep, seedsWith, snapshotOf, trialRecord, untunedSweep, valMetrics } from '../../analysis/support.ts';

const plainLayout = (columns: number) => ({ columns, colour: false });

test.each([80, 140])('the report at %i columns', async (columns) => {
  const text = renderReportTable(summarize(betaSweep()), plainLayout(columns));
  await expect(text).toMatchFileSnapshot(`../golden/report-${columns}.txt`);
});

test('the best three at 80 columns', async () => {
  const text = renderReportTable(summarize(betaSweep(), { best: 3 }), plainLayout(80));
  await expect(text).toMatchFileSnapshot('../golden/report-best-80.txt');
});

test('a sweep with nothing held out shows its test images', async () => {
  const text = renderReportTable(summarize(untunedSweep()), plainLayout(80));
  await expect(text).toMatchFileSnapshot('../golden/report-untuned-80.txt');
});

test('test images have columns where several configurations were evaluated on them', () => {
  const trials = [1, 4].flatMap((beta) => {
    return seedsWith([-36, -37], { parameters: { beta }, metrics: { ...valMetrics(-36), 'test/elbo': -38 - beta } });
  });
  const text = renderReportTable(summarize(snapshotOf(trials)), plainLayout(140));
  expect(text).toMatch(/ test\/elbo /);
  expect(text).not.toContain('test images');
});

test('a sweep without a completed trial says so', async () => {
  const trials = [1, 2].map((beta) => trialRecord({ parameters: { beta }, state: 'queued' }));
  const text = renderReportTable(summarize(snapshotOf(trials)), plainLayout(80));
  await expect(text).toMatchFileSnapshot('../golden/report-empty-80.txt');
});

test.each([40, 60, 80, 100, 120, 140])('no line is wider than %i columns', (columns) => {
  for (const line of renderReportTable(summarize(betaSweep()), plainLayout(columns)).split('\n')) {
    expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  }
});

test('colour changes nothing but colour', () => {
  const model = summarize(betaSweep());
  const coloured = renderReportTable(model, { columns: 80, colour: true });
  expect(coloured).toContain('\u001b[32m');
  expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(renderReportTable(model, plainLayout(80)));
});

test('escape sequences of a cause or a name do not reach the terminal', () => {
  const failed = trialRecord({ seed: 1, state: 'failed', cause: '\u001b[2Jno such\nfile\u0007' });
  const text = renderReportTable(
    summarize(snapshotOf([...seedsWith([-36]), failed], { name: 'b\u001b[31m' })),
    plainLayout(80),
  );
  expect(text).toContain('(no such file)');
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});
