import { effectsIn } from '../answers/effects.ts';
import { renderEffects } from '../render/effects/effects-table.ts';
import { renderEffectsCsv, renderEffectsJson, renderEffectsMarkdown } from '../render/effects/effects-formats.ts';
import { defineCommand } from './command.ts';
import { layoutOf, withBy, withSelection } from './flags/flags.ts';
import { answerLayout, formatOf, withForms, writeAnswer } from './files/output-file.ts';
import { withResults } from './results.ts';

const FORMATS = ['table', 'md', 'csv', 'json'] as const;
const RENDERERS = {
  table: renderEffects,
  md: renderEffectsMarkdown,
  csv: renderEffectsCsv,
  json: renderEffectsJson,
};

export const effects = defineCommand({
  options: (yargs) =>
    withForms(
      withSelection(
        withBy(
          yargs.positional('names', {
            type: 'string',
            array: true,
            default: [] as string[],
            defaultDescription: 'all',
            describe: '[NAME] [PARAMETER ..]: the sweep, by default the newest, and which parameters to tell of',
          }),
          'What they do to this metric, instead of the objective',
        ),
        'architecture=conv',
      ),
      FORMATS,
    )
      .example('$0 effects', 'what each parameter of the newest sweep does, the most important first')
      .example('$0 effects beta latent_dim', 'one parameter alone')
      .example('$0 effects --by val/kl --where architecture=conv', 'another metric, some trials')
      .epilogue(
        'Shares of the variance are exact on a full grid; else by functional ANOVA on polynomials or a random forest.',
      ),

  run: async (flags) => {
    const options = { by: flags.by, where: flags.where, all: flags.all };
    const found = await withResults(flags, (model) =>
      effectsIn({ model, layout: layoutOf(flags) }, flags.names, options),
    );
    const format = formatOf(flags, FORMATS);
    await writeAnswer(RENDERERS[format](found, answerLayout(flags)), flags);
    return 0;
  },
});
