import { sampleNoun } from '../text/sample-noun.ts';
import path from 'node:path';
import { SweepError } from '../errors.ts';
import {
  renderScores,
  scoresCsv,
  scoresJson,
  type ScoredSample,
  type ScoreSummary,
} from '../render/trained/score-text.ts';
import type { Samples } from '../trained/samples.ts';
import type { Scores } from '../trained/score.ts';
import { defineCommand } from './command.ts';
import { refusePicture } from './decode.ts';
import { OWN_FLAGS, repeatFlags } from './flags/flags.ts';
import { print, stdoutLayout } from './output.ts';
import { checkWritable, withOutput, writeChunks } from './files/output-file.ts';
import { openNamed, sampleRequest, withCondition, withProgress, withSamples, withTrial } from './flags/trained.ts';
import { shellWord } from '../text/shell-word.ts';

/** So many are shown. */
const SHOWN = 10;

export const score = defineCommand({
  options: (yargs) =>
    withOutput(withCondition(withSamples(withTrial(yargs)), 'the labels of the data'))
      .option('worst', {
        group: OWN_FLAGS,
        type: 'string',
        requiresArg: true,
        describe: 'File to write a picture of the worst to, .png: each above its reconstruction',
      })
      .option('normal', {
        group: OWN_FLAGS,
        type: 'string',
        array: true,
        requiresArg: true,
        describe:
          'This label is normal (a folder, or a class; a,b for several): says how well the ELBO finds all others',
      })
      .example('$0 score best', 'which test images it models worst')
      .example('$0 score 3f2a91 --data ./parts -o scores.csv --worst worst.png', 'images of your own, all of them')
      .example('$0 score 3f2a91 --data ./parts --normal good', 'with subfolders as labels: the AUROC of anomalies')
      .epilogue(
        'Nats of each image at β = 1, with one z drawn for each; the draws depend on its place alone. A low ELBO says that the ' +
          'model finds an image unlikely.',
      ),

  run: async (flags) => {
    const { output, worst: picture } = flags;
    if (picture !== undefined && path.extname(picture).toLowerCase() !== '.png') {
      throw new SweepError('USAGE', `--worst ${picture}: a picture is written as .png.`);
    }
    if (output !== undefined && output !== '-' && (output === picture || /\.png$/i.test(output))) {
      throw new SweepError('USAGE', `-o ${output}: scores are written as CSV; --worst FILE.png draws the worst.`);
    }
    for (const file of [output, picture]) if (file !== undefined) checkWritable(file, flags);
    const { trial, model, id } = await openNamed(flags);
    if (picture !== undefined) refusePicture(model, `--worst ${picture}`);
    const { openSamples } = await import('../trained/open-samples.ts');
    const { anomaliesAmong, normalLabels, scoreSamples, worstSheet } = await import('../trained/score.ts');
    const { labelsFor } = await import('../trained/condition.ts');
    const samples = await openSamples(sampleRequest(flags, trial, model));
    const labelsOf = labelsFor(model, samples, flags.condition);
    const normal = flags.normal && normalLabels(samples, flags.normal);
    let found: Scores | undefined;
    const code = await withProgress('scoring', flags, async (told) => {
      const noiseOf = flags.split === 'validation' ? 'validation' : 'test';
      found = await scoreSamples(model, samples, labelsOf, told, noiseOf);
    });
    if (found === undefined) return code;
    const scores = found;
    const rowOf = (place: number): ScoredSample => rowAt(scores, samples, place);
    const has = { path: samples.pathOf !== undefined, label: samples.labelOf !== undefined };
    if (output !== undefined) await writeChunks(scoresCsv(samples.count, rowOf, has), flags);
    if (picture !== undefined) await writeChunks([await worstSheet(model, scores)], { ...flags, output: picture });
    if (output === '-') return 0;
    const { what, count } = samples;
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / count;
    const summary: ScoreSummary = {
      ...{ trial: trial.id, sweep: trial.sweep, what, samples: count, noun: sampleNoun(model.shape) },
      ...{ elbo: mean(scores.elbo), reconstruction: mean(scores.reconstruction), kl: mean(scores.kl) },
      anomalies: normal ? { normal: [...normal], ...anomaliesAmong(scores, samples, normal) } : null,
      files: [output, picture].filter((file) => file !== undefined),
      worst: Array.from({ length: Math.min(SHOWN, count) }, (_, place) => rowOf(place)),
    };
    const asked = (['data', 'split', 'condition', 'normal'] as const).map((flag) => {
      const value = flags[flag];
      return value === undefined || value.length === 0 ? '' : ` --${flag} ${shellWord(String(value))}`;
    });
    const next =
      picture === undefined && !model.shape.isReal
        ? [`sweep score ${id}${asked.join('')} --worst worst.png${repeatFlags(flags)}`]
        : [];
    print(flags.json ? scoresJson(summary) : renderScores(summary, id, next, stdoutLayout()));
    return 0;
  },
});

function rowAt({ order, elbo, reconstruction, kl }: Scores, samples: Samples, place: number): ScoredSample {
  const sample = order[place]!;
  return {
    index: samples.indexOf(sample),
    path: samples.pathOf?.(sample) ?? null,
    label: samples.labelOf?.(sample) ?? null,
    ...{ elbo: elbo[sample]!, reconstruction: reconstruction[sample]!, kl: kl[sample]! },
  };
}
