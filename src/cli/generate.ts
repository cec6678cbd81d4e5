import { sampleNoun } from '../text/sample-noun.ts';
import { SweepError } from '../errors.ts';
import { fileWord, madeFileJson, renderMadeFile } from '../render/trained/trained-text.ts';
import { count } from '../text/format-number.ts';
import { shellWord } from '../text/shell-word.ts';
import type { RandomOf } from '../trained/trained-model.ts';
import { defineCommand } from './command.ts';
import { holdsOf, imagesFile, writeImages } from './decode.ts';
import { OWN_FLAGS, repeatFlags, wholeNumberFlag } from './flags/flags.ts';
import { print, stdoutLayout } from './output.ts';
import { checkWritable, withOutput } from './files/output-file.ts';
import { openNamed, withCondition, withTrial } from './flags/trained.ts';

const COUNT = 64;
const OF_EACH = 8;

export const generate = defineCommand({
  options: (yargs) =>
    withOutput(withCondition(withTrial(yargs), 'each label, a row'))
      .option('count', {
        group: OWN_FLAGS,
        type: 'number',
        requiresArg: true,
        defaultDescription: `${COUNT}; ${OF_EACH} of each label`,
        describe: 'How many images; of a conditional model without --condition, of each label',
      })
      .option('seed', {
        group: OWN_FLAGS,
        type: 'number',
        requiresArg: true,
        defaultDescription: '0',
        describe: 'Of the draws: the same seed gives the same images, more of it more',
      })
      .option('draw', {
        group: OWN_FLAGS,
        type: 'boolean',
        default: false,
        describe: 'Draws from the likelihood p(x|z) in place of its means: counts rather than rates',
      })
      .example('$0 generate best -o samples.png', '64 images drawn from the prior')
      .example('$0 generate best --condition 3 -o threes.png', 'by a conditional model, under one label')
      .example('$0 generate 3f2a91 --count 10000 --seed 1 -o samples.npz', 'many, with the latents they are of')
      .example('$0 generate best cells --draw -o cells.npz', 'of a model of counts: counts, not their rates'),

  run: async (flags) => {
    const { seed = 0 } = flags;
    const given = flags.count === undefined ? undefined : wholeNumberFlag('--count', flags.count);
    if (!Number.isSafeInteger(seed) || seed < 0)
      throw new SweepError('USAGE', '--seed takes a whole number from 0 on.');
    const output = imagesFile(flags.output, 'sweep generate TRIAL -o samples.png');
    checkWritable(output, flags);
    const { trial, model, id } = await openNamed(flags);
    if (flags.draw) model.checkDraws('--draw');
    const { priorLatents, underEach } = await import('../trained/decode.ts');
    const { sampleStream } = await import('../trained/noise.ts');
    const { labelsFor, listedLabels } = await import('../trained/condition.ts');
    const { latentDim } = model.shape;
    const rows = flags.condition === undefined ? model.labels.length : 0;
    const of = given ?? (rows > 0 ? OF_EACH : COUNT);
    const drawn = priorLatents(of, seed, latentDim);
    const latents = rows > 0 ? underEach(drawn, rows) : drawn;
    const wanted = latents.count;
    const labelOf = (sample: number): string => model.labels[Math.floor(sample / of)]!;
    const labelsOf = labelsFor(model, { what: 'draws', count: wanted, labelOf }, flags.condition);
    const randomOf: RandomOf = (sample, label) => sampleStream(seed, sample % of, label);
    const decoded = { latents, labelsOf, ...(flags.draw && { randomOf }) };
    const options = { keepsLatents: true, across: rows > 0 ? of : undefined };
    const code = await writeImages(model, decoded, { ...flags, output }, 'drawing', options);
    if (code !== 0 || output === '-') return code;
    const arranged = output.endsWith('.png')
      ? `Each row of ${of} under one label, a column one z:`
      : `${of} under each label, of the same z, in this order:`;
    const made = {
      ...{ trial: trial.id, sweep: trial.sweep, file: output, samples: wanted },
      what: `${count(wanted, sampleNoun(model.shape))} ${flags.draw ? 'drawn from p(x|z) at' : 'decoded from'} draws of the prior, seed ${seed}`,
      holds: [
        holdsOf(output, model, wanted, flags.draw ? 'a draw from p(x|z)' : undefined),
        ...(rows > 0 ? [`${arranged} ${listedLabels(model)}.`] : []),
        ...(flags.condition === undefined ? [] : [`All under the label ${flags.condition}.`]),
      ],
    };
    const condition = flags.condition === undefined ? '' : ` --condition ${shellWord(flags.condition)}`;
    const draw = flags.draw ? ' --draw' : '';
    const next = output.endsWith('.png')
      ? [`sweep generate ${id}${condition} --count 10000 --seed ${seed}${draw} -o samples.npz${repeatFlags(flags)}`]
      : model.shape.isReal
        ? []
        : [`sweep data ${fileWord(output)}`];
    print(
      flags.json
        ? madeFileJson('generate', made, latentDim, { draws: flags.draw })
        : renderMadeFile(made, id, next, stdoutLayout()),
    );
    return 0;
  },
});
