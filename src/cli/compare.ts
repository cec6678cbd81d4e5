import { comparisonOf } from '../answers.ts';
import { SweepError } from '../errors.ts';
import { renderComparison } from '../render/comparison-table.ts';
import { renderComparisonJson } from '../render/json.ts';
import { renderComparisonLatex } from '../render/latex.ts';
import { defineCommand } from './command.ts';
import { layoutOf, OWN_FLAGS, withSelection } from './flags.ts';
import { answerLayout, formatByEnding, withOutput, writeAnswer } from './output-file.ts';
import { withResults } from './results.ts';

const FORMATS = ['table', 'json', 'latex'] as const;
const RENDERERS = { table: renderComparison, json: renderComparisonJson, latex: renderComparisonLatex };

export const compare = defineCommand({
  options: (yargs) =>
    withOutput(
      withSelection(
        yargs.positional('filters', {
          type: 'string',
          array: true,
          demandOption: true,
          describe: '[NAME] A=x A=y: the sweep (by default the newest) and the two settings',
        }),
        'latent_dim=10',
      ),
    )
      .option('format', {
        group: OWN_FLAGS,
        choices: FORMATS,
        defaultDescription: 'table',
        requiresArg: true,
        describe: 'Form of the answer',
      })
      .example('$0 compare architecture=mlp architecture=conv', 'in the sweep started last')
      .example('$0 compare beta beta=1 beta=4 --where architecture=conv', 'in the sweep beta, for conv only')
      .epilogue(
        'Trials are paired by seed and by all other parameters; the answer is the mean difference over the pairs.',
      ),

  run: async (flags) => {
    const { name, sides } = splitArguments(flags.filters);
    const options = { where: flags.where, all: flags.all };
    const comparison = await withResults(flags, (model) =>
      comparisonOf({ model, layout: layoutOf(flags) }, name, sides, options),
    );
    const format = flags.json ? 'json' : (flags.format ?? formatByEnding(flags, FORMATS) ?? 'table');
    const layout = answerLayout(flags);
    await writeAnswer(RENDERERS[format](comparison, layout), flags);
    return 0;
  },
});

/** A first word without `=` names the sweep. */
function splitArguments(words: readonly string[]): { name: string | undefined; sides: readonly [string, string] } {
  const [first, ...others] = words;
  const hasName = first !== undefined && !first.includes('=');
  const [left, right, ...extra] = hasName ? others : words;
  if (left === undefined || right === undefined || extra.length > 0) {
    throw new SweepError(
      'USAGE',
      'Give the two settings to compare, e.g. `sweep compare architecture=mlp architecture=conv`; ' +
        'quote a setting of several parameters ("beta=1 latent_dim=10"), and use --where for what both share.',
    );
  }
  return { name: hasName ? first : undefined, sides: [left, right] };
}
