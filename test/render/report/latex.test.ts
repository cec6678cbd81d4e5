import { expect, test } from 'vitest';
import { compare } from '../../../src/analysis/comparison/compare.ts';
import { parseFilter } from '../../../src/analysis/filter.ts';
import { summarize } from '../../../src/analysis/report/summarize.ts';
import { escapeLatex, renderComparisonLatex, renderReportLatex } from '../../../src/render/report/latex.ts';
import { betaSweep, seedsWith, snapshotOf, trialRecord } from '../../analysis/support.ts';

/** What LaTeX would refuse: rows of another length than the head, a mark that is not escaped, braces without a partner. */
function checkTabular(text: string): string[] {
  const lines = text.trimEnd().split('\n');
  const start = lines.findIndex((line) => !line.startsWith('%'));
  const [begin = '', ...body] = lines.slice(start);
  const spec = /^\\begin\{tabular\}\{([lr]+)\}$/.exec(begin)?.[1] ?? '';
  expect(body.at(-1)).toBe('\\end{tabular}');
  expect(body.filter((line) => /^ {2}\\(toprule|midrule|bottomrule)$/.test(line))).toHaveLength(3);
  const rows = body.filter((line) => line.endsWith(' \\\\'));
  expect(rows).toHaveLength(body.length - 4);
  for (const row of rows) {
    expect(row.split(/(?<!\\)&/), row).toHaveLength(spec.length);
    const outsideMath = row.replaceAll(/(?<!\\)\$[^$]*(?<!\\)\$/g, '');
    expect(outsideMath, row).not.toMatch(/(?<!\\)[#$%_^~]/);
    const bare = row.replaceAll(/\\[{}]/g, '');
    expect(bare.split('{').length, row).toBe(bare.split('}').length);
    expect(row, row).not.toMatch(/[^\x20-\x7e]/);
  }
  return rows;
}

test('a report is a tabular of booktabs with its figures in mathematics, and comments on what they are', async () => {
  const text = renderReportLatex(summarize(betaSweep()));
  checkTabular(text);
  await expect(text).toMatchFileSnapshot('../golden/report.tex');
});

test('a comparison, too', () => {
  const snapshot = betaSweep();
  const sides = ['architecture=mlp', 'architecture=conv'].map((side) => parseFilter(side, snapshot));
  const rows = checkTabular(renderComparisonLatex(compare(snapshot, sides[0]!, sides[1]!)));
  expect(rows.at(-1)).toContain('trainable\\_weights');
});

test('powers of ten, lists, lost seeds and names that LaTeX would act upon are set as they are', () => {
  const trials = [
    ...seedsWith([-36, -36.5], { parameters: { hidden: [512, 256] } }),
    ...seedsWith([-1.2e19, -1.1e19], { parameters: { hidden: [64] } }),
    trialRecord({ parameters: { hidden: [32] }, state: 'diverged', cause: '50 % of {x}_1\n\\end{tabular}' }),
  ];
  const text = renderReportLatex(summarize(snapshotOf(trials, { name: 'a_b & 100%' })));
  const rows = checkTabular(text);
  expect(rows[2]).toMatch(/\$-1\.15 \\times 10\^\{19\} \\pm/);
  expect(rows[1]).toContain('{[}512,256{]}');
  expect(text.split('\n').filter((line) => line.startsWith('\\'))).toHaveLength(2);
});

test('an empty sweep is comments alone', () => {
  expect(renderReportLatex(summarize(snapshotOf([])))).toMatch(/^(% .*\n)+$/);
});

test('every mark that LaTeX acts upon is escaped', () => {
  expect(escapeLatex('a_b{c}#$%&~^<>|"\\')).toBe(
    'a\\_b\\{c\\}\\#\\$\\%\\&\\textasciitilde{}\\textasciicircum{}\\textless{}\\textgreater{}\\textbar{}\\symbol{34}\\textbackslash{}',
  );
});
