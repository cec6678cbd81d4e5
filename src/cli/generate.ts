import { sampleNoun } from '../text/sample-noun.ts';
import { SweepError } from '../errors.ts';
import { fileWord, madeFileJson, renderMadeFile } from '../render/trained-text.ts';
import { count } from '../text/format-number.ts';
import { defineCommand } from './command.ts';
import { holdsOf, imagesFile, writeImages } from './decode.ts';
import { OWN_FLAGS, repeatFlags, wholeNumber } from './flags.ts';
import { print, stdoutLayout } from './output.ts';
import { checkWritable, withOutput } from './output-file.ts';
import { openNamed, withTrial } from './trained.ts';

const COUNT = 64;

export const generate = defineCommand({
  options: (yargs) =>
    withOutput(withTrial(yargs))
      .option('count', {
        group: OWN_FLAGS,
        type: 'number',
        requiresArg: true,
        defaultDescription: String(COUNT),
        describe: 'How many images',
      })
      .option('seed', {
        group: OWN_FLAGS,
        type: 'number',
        requiresArg: true,
        defaultDescription: '0',
        describe: 'Of the draws: the same seed gives the same images, more of it more',
      })
      .example('$0 generate best -o samples.png', '64 images drawn from the prior')
      .example('$0 generate 3f2a91 --count 10000 --seed 1 -o samples.npz', 'many, with the latents they are of'),

  run: async (flags) => {
    const { seed = 0 } = flags;
    const wanted = flags.count === undefined ? COUNT : wholeNumber('--count', flags.count);
    if (!Number.isSafeInteger(seed) || seed < 0)
      throw new SweepError('USAGE', '--seed takes a whole number from 0 on.');
    const output = imagesFile(flags.output, 'sweep generate TRIAL -o samples.png');
    checkWritable(output, flags);
    const { trial, model, id } = await openNamed(flags);
    const { priorLatents } = await import('../trained/decode.ts');
    const { latentDim } = model.shape;
    const isKept = { keepsLatents: true };
    const drawn = priorLatents(wanted, seed, latentDim);
    const code = await writeImages(model, drawn, { ...flags, output }, 'drawing', isKept);
    if (code !== 0 || output === '-') return code;
    const made = {
      ...{ trial: trial.id, sweep: trial.sweep, file: output, samples: wanted },
      what: `${count(wanted, sampleNoun(model.shape))} decoded from draws of the prior, seed ${seed}`,
      holds: [holdsOf(output, model, wanted)],
    };
    const next = output.endsWith('.png')
      ? [`sweep generate ${id} --count 10000 --seed ${seed} -o samples.npz${repeatFlags(flags)}`]
      : model.shape.isReal
        ? []
        : [`sweep data ${fileWord(output)}`];
    print(flags.json ? madeFileJson('generate', made, latentDim) : renderMadeFile(made, id, next, stdoutLayout()));
    return 0;
  },
});
