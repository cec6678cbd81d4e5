import { expect, test } from 'vitest';
import { summarize } from '../../../src/analysis/report/summarize.ts';
import { renderReportBrief } from '../../../src/render/report/brief.ts';
import { betaSweep, seedsWith, snapshotOf, trialRecord } from '../../analysis/support.ts';

test('what was tried, what won, what is doubtful, what comes next', async () => {
  await expect(renderReportBrief(summarize(betaSweep()))).toMatchFileSnapshot('../golden/report-brief.md');
});

/** Of English and figures a token has some three characters. */
const MOST_CHARACTERS = 6000;

test('whatever the sweep, it is a page', () => {
  const trials = Array.from({ length: 200 }, (_, index) => {
    const hidden = Array.from({ length: 16 }, (_, layer) => 1000 + 16 * index + layer);
    const parameters = { hidden, beta: index + 0.123456789, latent_dim: 2 + index, learning_rate: 1e-3 / (index + 1) };
    if (index % 5 > 0) return seedsWith([-1.2e19 * (index + 1), -36], { parameters });
    const cause = `${'a very long cause '.repeat(60)}${String.fromCharCode(97 + (index % 26)).repeat(9)}`;
    return [trialRecord({ parameters, state: 'failed', cause })];
  }).flat();
  const text = renderReportBrief(summarize(snapshotOf(trials)));
  expect(text.length).toBeLessThan(MOST_CHARACTERS);
  for (const heading of ['Tried', 'Won', 'Doubtful', 'Next']) expect(text).toContain(`## ${heading}\n- `);
  expect(text).toContain('beta: 0.123456789 to 199.123456789 (200 values)');
  expect(text).toMatch(/and \d+ more notes \(--format json has all\)/);
});

test('an empty sweep, and a single configuration, have their page', () => {
  expect(renderReportBrief(summarize(snapshotOf([])))).toContain('No trials.');
  expect(renderReportBrief(summarize(snapshotOf(seedsWith([-36, -37]))))).toContain(
    '#1 the only configuration: val/elbo',
  );
});
