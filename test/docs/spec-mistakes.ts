/** Mistakes in a spec, of each kind, with what is said of it: the program's own words. */
import type { IssueCode } from '../../src/sweep-file/issue.ts';
import { SpecError } from '../../src/sweep-file/issue.ts';
import { readSpec } from '../../src/sweep-file/parse.ts';
import { code, markdownTable } from './markdown-table.ts';

/** Lines that take the place of, or stand beside, those of a small spec. */
const MISTAKES: Readonly<Record<Exclude<IssueCode, 'too_large'>, readonly string[]>> = {
  syntax: ['parameters: *shared', 'where: 1 <= beta <= 4'],
  unknown_key: ['parameters: { betta: 1 }', 'where: latnt_dim <= 4'],
  missing_key: ['search: random', 'parameters: { beta: [2, 4] }\ntry: [{ latent_dim: 3 }]'],
  wrong_type: ['parameters: { beta: "1" }', 'where: latent_dim <= hidden'],
  not_allowed: ['parameters: { architecture: cnn }'],
  out_of_range: ['parameters: { latent_dim: 0 }'],
  bad_range: ['parameters: { learning_rate: { min: 0, max: 0.01, scale: log } }'],
  duplicate: ['parameters: { beta: [1, 4, 1] }', 'try: [{ beta: 4 }, { beta: 4, latent_dim: 10 }]'],
  conflict: [
    'parameters: { beta: { min: 0.5, max: 8 } }',
    'parameters: { beta: [1, 8] }\nexclude: [{ beta: 8 }]\ntry: [{ beta: 8 }]',
    'parameters: { hidden: [[64, 32], [512, 8]], latent_dim: 64 }\nwhere: latent_dim <= last(hidden)',
  ],
  no_effect: ['parameters: { architecture: mlp, channels: [[16], [32]] }', 'try: [{ channels: [16] }]'],
};

export const SPEC_MISTAKES = markdownTable(
  ['`code`', 'written', 'said'],
  Object.entries(MISTAKES).flatMap(([kind, written]) =>
    written.map((lines) => [code(kind), `\`${lines.replaceAll('\n', '`<br>`')}\``, said(kind, lines)]),
  ),
);

/** @throws Error where that is no mistake of this kind */
function said(kind: string, lines: string): string {
  const text = `name: wrong\ndataset: sprites-mini\n${lines}\n`;
  try {
    readSpec(text, { file: 'wrong.yaml' });
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const issue = error.issues.find(({ code: found }) => found === kind);
    if (issue !== undefined) return issue.hint === undefined ? issue.message : `${issue.message}; ${issue.hint}`;
  }
  throw new Error(`spec-mistakes.ts: ${lines} is no mistake of the kind ${kind}`);
}
