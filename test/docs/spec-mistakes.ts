/** Mistakes in a spec, one of each kind, with what is said of it: the program's own words. */
import type { IssueCode } from '../../src/sweep-file/issue.ts';
import { SpecError } from '../../src/sweep-file/issue.ts';
import { readSpec } from '../../src/sweep-file/parse.ts';
import { code, markdownTable } from './markdown-table.ts';

/** Lines that take the place of, or stand beside, those of a small spec. */
const MISTAKES: Readonly<Record<Exclude<IssueCode, 'too_large'>, string>> = {
  syntax: 'parameters: *shared',
  unknown_key: 'parameters: { betta: 1 }',
  missing_key: 'search: random',
  wrong_type: 'parameters: { beta: "1" }',
  not_allowed: 'parameters: { architecture: cnn }',
  out_of_range: 'parameters: { latent_dim: 0 }',
  bad_range: 'parameters: { learning_rate: { min: 0, max: 0.01, scale: log } }',
  duplicate: 'parameters: { beta: [1, 4, 1] }',
  conflict: 'parameters: { beta: { min: 0.5, max: 8 } }',
  no_effect: 'parameters: { architecture: mlp, channels: [[16], [32]] }',
};

export const SPEC_MISTAKES = markdownTable(
  ['`code`', 'written', 'said'],
  Object.entries(MISTAKES).map(([kind, line]) => [code(kind), `\`${line}\``, said(kind, line)]),
);

/** @throws Error where the line is no mistake of this kind */
function said(kind: string, line: string): string {
  const text = `name: wrong\ndataset: sprites-mini\n${line}\n`;
  try {
    readSpec(text, { file: 'wrong.yaml' });
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const issue = error.issues.find(({ code: found }) => found === kind);
    if (issue !== undefined) return issue.hint === undefined ? issue.message : `${issue.message}; ${issue.hint}`;
  }
  throw new Error(`spec-mistakes.ts: ${line} is no mistake of the kind ${kind}`);
}
