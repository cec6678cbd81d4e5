import { sampleNoun } from '../text/sample-noun.ts';
import path from 'node:path';
import { SweepError } from '../errors.ts';
import { madeFileJson, renderMadeFile } from '../render/trained/trained-text.ts';
import { count } from '../text/format-number.ts';
import type { Decoded } from '../trained/decode.ts';
import type { TrainedModel } from '../trained/trained-model.ts';
import { defineCommand } from './command.ts';
import { OWN_FLAGS, type GlobalFlags } from './flags/flags.ts';
import { print, stdoutLayout } from './output.ts';
import { checkWritable, withOutput, writeChunks } from './files/output-file.ts';
import { fileNamed, openNamed, withCondition, withProgress, withTrial } from './flags/trained.ts';

export const decode = defineCommand({
  options: (yargs) =>
    withOutput(withCondition(withTrial(yargs), 'what the latents say'))
      .option('data', {
        group: OWN_FLAGS,
        type: 'string',
        default: undefined,
        requiresArg: true,
        coerce: (value: string | undefined) => value,
        defaultDescription: 'none',
        describe: 'Latents: an .npz of `sweep encode`, or an .npy or .npz of N×J numbers',
      })
      .example('$0 decode 3f2a91 --data latents.npz -o images.npz', 'what it makes of them, as bytes')
      .example('$0 decode best --data edited.npy -o images.png', 'the same as a picture')
      .example(
        '$0 decode best --data latents.npz --condition 7 -o sevens.png',
        'by a conditional model, all as sevens',
      ),

  run: async (flags) => {
    const output = imagesFile(flags.output, 'sweep decode TRIAL --data latents.npz -o images.npz');
    if (flags.data === undefined) {
      throw new SweepError('USAGE', 'Which latents? --data FILE.npz, as `sweep encode` writes it.');
    }
    checkWritable(output, flags);
    const { trial, model, id } = await openNamed(flags);
    const { openLatents } = await import('../trained/latents-file.ts');
    const latents = await openLatents(path.resolve(flags.data), model.shape.latentDim);
    const { labelsFor } = await import('../trained/condition.ts');
    const of = {
      ...{ ...latents, what: `latents of ${path.basename(flags.data)}`, labelOf: latents.labelOf },
      labelPlaces: 'an array `condition` or `label` of an .npz',
    };
    const labelsOf = labelsFor(model, of, flags.condition);
    const code = await writeImages(model, { latents, labelsOf }, { ...flags, output }, 'decoding');
    if (code !== 0 || output === '-') return code;
    const what = `${count(latents.count, sampleNoun(model.shape))} decoded from ${path.basename(flags.data)}`;
    const made = {
      ...{ trial: trial.id, sweep: trial.sweep, file: output, samples: latents.count, what },
      holds: [holdsOf(output, model, latents.count)],
    };
    print(
      flags.json ? madeFileJson('decode', made, model.shape.latentDim) : renderMadeFile(made, id, [], stdoutLayout()),
    );
    return 0;
  },
});

export function imagesFile(output: string | undefined, example: string): string {
  if (output?.toLowerCase().endsWith('.csv')) {
    throw new SweepError('USAGE', `-o ${output}: this writes .npz, and .png of images. Write an .npz.`);
  }
  return fileNamed(output, ['.npz', '.png'], example);
}

/** Decodes to an archive, or to a picture. Resolves to the exit code. @throws SweepError USAGE for too many for a picture */
export async function writeImages(
  model: TrainedModel,
  decoded: Decoded,
  flags: GlobalFlags & { readonly output: string },
  doing: string,
  { across, ...options }: { readonly keepsLatents?: boolean; readonly across?: number | undefined } = {},
): Promise<number> {
  if (isPicture(flags.output)) refusePicture(model, `-o ${flags.output}`);
  const { checkSheet, decodeToArchive, decodeToSheet } = await import('../trained/decode.ts');
  if (!isPicture(flags.output)) {
    return withProgress(doing, flags, (told) => writeChunks(decodeToArchive(model, decoded, told, options), flags));
  }
  checkSheet(decoded.latents.count, model.shape);
  return withProgress(doing, flags, async (told) => {
    await writeChunks([await decodeToSheet(model, decoded, told, across)], flags);
  });
}

export function holdsOf(output: string, { shape }: TrainedModel, samples: number, each = 'the mean of p(x|z)'): string {
  if (shape.isReal) return `rows: ${samples} × ${shape.width} of float64, each ${each}, as the columns were`;
  if (isPicture(output)) return `Each ${each}.`;
  const size = [samples, shape.height, shape.width, ...(shape.channels === 1 ? [] : [shape.channels])];
  return `images: ${size.join(' × ')} of uint8, each ${each}, 255 = 1`;
}

/** @throws SweepError USAGE */
export function refusePicture({ shape }: TrainedModel, flag: string): void {
  if (!shape.isReal) return;
  throw new SweepError(
    'USAGE',
    `${flag}: the trial is of columns of numbers, which have no picture. ${flag.startsWith('-o') ? 'Write an .npz' : 'Leave it out'}.`,
  );
}

function isPicture(output: string): boolean {
  return path.extname(output).toLowerCase() === '.png';
}
