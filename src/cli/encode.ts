import { fileWord, madeFileJson, renderMadeFile } from '../render/trained/trained-text.ts';
import { defineCommand } from './command.ts';
import { repeatFlags } from './flags/flags.ts';
import { print, stdoutLayout } from './output.ts';
import { checkWritable, withOutput, writeChunks } from './files/output-file.ts';
import {
  fileNamed,
  openNamed,
  sampleRequest,
  withCondition,
  withProgress,
  withSamples,
  withTrial,
} from './flags/trained.ts';

export const encode = defineCommand({
  options: (yargs) =>
    withOutput(withCondition(withSamples(withTrial(yargs)), 'the labels of the data'))
      .example('$0 encode best -o latents.npz', "the test images of the best trial's own data")
      .example('$0 encode 3f2a91 --data ./faces -o faces.npz', 'images of your own, by one trial')
      .example('$0 encode best beta --split train -o train.npz', 'what it trained on, as for a classifier')
      .epilogue(
        'The archive has mu and logvar (float32, one row an image: q(z|x) is a normal distribution with this mean and the ' +
          'logarithm of this variance), index, path and label where there are any, and condition, what a conditional model was told: np.load reads it.',
      ),

  run: async (flags) => {
    const output = fileNamed(flags.output, ['.npz'], 'sweep encode TRIAL -o latents.npz');
    checkWritable(output, flags);
    const { trial, model, id } = await openNamed(flags);
    const { openSamples } = await import('../trained/open-samples.ts');
    const { encodeSamples } = await import('../trained/encode.ts');
    const { labelsFor } = await import('../trained/condition.ts');
    const samples = await openSamples(sampleRequest(flags, trial, model));
    const labelsOf = labelsFor(model, samples, flags.condition);
    const code = await withProgress('encoding', flags, (told) =>
      writeChunks(encodeSamples(model, samples, labelsOf, told), { ...flags, output }),
    );
    if (code !== 0 || output === '-') return code;
    const { latentDim } = model.shape;
    const made = {
      ...{ trial: trial.id, sweep: trial.sweep, file: output, samples: samples.count, what: samples.what },
      holds: [
        `mu and logvar: ${samples.count} × ${latentDim} of float32; ${namesOf(samples)}${model.labels.length === 0 ? '' : ', condition'}`,
      ],
    };
    const next = [`sweep decode ${id} --data ${fileWord(output)} -o decoded.npz${repeatFlags(flags)}`];
    print(flags.json ? madeFileJson('encode', made, latentDim) : renderMadeFile(made, id, next, stdoutLayout()));
    return 0;
  },
});

function namesOf({ pathOf, labelOf }: { readonly pathOf: unknown; readonly labelOf: unknown }): string {
  return ['index', ...(pathOf === undefined ? [] : ['path']), ...(labelOf === undefined ? [] : ['label'])].join(', ');
}
