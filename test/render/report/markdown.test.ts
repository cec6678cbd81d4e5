import { expect, test } from 'vitest';
import { renderReportMarkdown } from '../../../src/render/report/markdown.ts';
import { summarize } from '../../../src/analysis/report/summarize.ts';
import { betaSweep, seedsWith, snapshotOf, trialRecord } from '../../analysis/support.ts';

test('the report as Markdown', async () => {
  await expect(renderReportMarkdown(summarize(betaSweep()))).toMatchFileSnapshot('../golden/report.md');
});

test('markup in a cause stays text', () => {
  const failed = trialRecord({ seed: 1, state: 'failed', cause: '<img src=x> | `rm` [a](b)' });
  const text = renderReportMarkdown(summarize(snapshotOf([...seedsWith([-36]), failed])));
  expect(text).toContain('\\<img src=x\\> \\| \\`rm\\` \\[a\\](b)');
});

test('issue 10, line 21: no address and no formula in a cause comes alive', () => {
  const failed = trialRecord({ seed: 1, state: 'failed', cause: 'see https://x.example or www.x.example, $\\rm x$' });
  const text = renderReportMarkdown(summarize(snapshotOf([...seedsWith([-36]), failed])));
  expect(text).toContain('see https\\://x.example or www\\.x.example, \\$\\\\rm x\\$');
});
