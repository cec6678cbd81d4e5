import { comparisonOfWords } from '../answers/comparisons.ts';
import { renderComparison } from '../render/comparison/comparison-table.ts';
import { renderComparisonJson, renderSeveralJson } from '../render/comparison/comparison-json.ts';
import { renderComparisonLatex, renderSeveralLatex } from '../render/report/latex.ts';
import { renderSeveral } from '../render/comparison/several-table.ts';
import { defineCommand } from './command.ts';
import { layoutOf, OWN_FLAGS, withSelection } from './flags/flags.ts';
import { answerLayout, formatOf, withForms, writeAnswer } from './files/output-file.ts';
import { withResults } from './results.ts';

const FORMATS = ['table', 'json', 'latex'] as const;
const RENDERERS = { table: renderComparison, json: renderComparisonJson, latex: renderComparisonLatex };
const OF_SEVERAL = { table: renderSeveral, json: renderSeveralJson, latex: renderSeveralLatex };

export const compare = defineCommand({
  options: (yargs) =>
    withForms(
      withSelection(
        yargs.positional('filters', {
          type: 'string',
          array: true,
          demandOption: true,
          describe:
            '[NAME] settings: a parameter, its values, or SWEEP:setting; NAME is a sweep, by default the newest',
        }),
        'latent_dim=10',
      ),
      FORMATS,
    )
      .option('reference', {
        group: OWN_FLAGS,
        type: 'string',
        requiresArg: true,
        describe: 'One of the settings: what the others are compared with, by default the best',
      })
      .example('$0 compare mlp conv', 'two values, trial against trial, in the sweep started last')
      .example('$0 compare beta', 'every value of a parameter; beta=1,2,4 for some of them')
      .example('$0 compare beta beta=1 beta=4 --where architecture=conv', 'in the sweep beta, for conv only')
      .example('$0 compare beta:architecture=mlp other:', 'settings of two sweeps; a name alone is the whole sweep')
      .epilogue(
        'Trials are matched by seed and by all other parameters; the answer is the mean difference over the matches.',
      ),

  run: async (flags) => {
    const options = { where: flags.where, all: flags.all, reference: flags.reference };
    const comparison = await withResults(flags, (model) =>
      comparisonOfWords({ model, layout: layoutOf(flags) }, flags.filters, options),
    );
    const format = formatOf(flags, FORMATS);
    const layout = answerLayout(flags);
    const text =
      'reference' in comparison ? OF_SEVERAL[format](comparison, layout) : RENDERERS[format](comparison, layout);
    await writeAnswer(text, flags);
    return 0;
  },
});
