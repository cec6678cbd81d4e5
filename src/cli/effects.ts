import type { Effects } from '../analysis/effects/effects.ts';
import { effectsIn } from '../answers.ts';
import { renderEffects } from '../render/effects-table.ts';
import { renderEffectsCsv, renderEffectsJson, renderEffectsMarkdown } from '../render/effects-formats.ts';
import type { Layout } from '../render/text.ts';
import { defineCommand } from './command.ts';
import { layoutOf, OWN_FLAGS, withSelection } from './flags.ts';
import { answerLayout, formatByEnding, withOutput, writeAnswer } from './output-file.ts';
import { withResults } from './results.ts';

const FORMATS = ['table', 'md', 'csv', 'json'] as const;
type Format = (typeof FORMATS)[number];

export const effects = defineCommand({
  options: (yargs) =>
    withOutput(
      withSelection(
        yargs
          .positional('names', {
            type: 'string',
            array: true,
            default: [] as string[],
            defaultDescription: 'all',
            describe: '[NAME] [PARAMETER ..]: the sweep, by default the newest, and which parameters to tell of',
          })
          .option('by', {
            group: OWN_FLAGS,
            type: 'string',
            requiresArg: true,
            describe: 'What they do to this metric, instead of the objective',
          }),
        'architecture=conv',
      ),
    )
      .option('format', {
        group: OWN_FLAGS,
        choices: FORMATS,
        defaultDescription: 'table',
        requiresArg: true,
        describe: 'Form of the answer',
      })
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
    const format = flags.json ? 'json' : (flags.format ?? formatByEnding(flags, FORMATS) ?? 'table');
    await writeAnswer(render(found, format, answerLayout(flags)), flags);
    return 0;
  },
});

function render(effects: Effects, format: Format, layout: Layout): string {
  switch (format) {
    case 'table':
      return renderEffects(effects, layout);
    case 'md':
      return renderEffectsMarkdown(effects);
    case 'csv':
      return renderEffectsCsv(effects);
    case 'json':
      return renderEffectsJson(effects);
  }
}
