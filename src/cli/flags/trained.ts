/** What the commands that use a trained model have in common: how it and its data are named, progress, and being stopped. */
import type { Argv } from 'yargs';
import { SweepError } from '../../errors.ts';
import { namedTrial, openTrained } from '../../answers/open-trained.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import type { DatasetSplit } from '../../trained/samples.ts';
import type { Told } from '../../trained/told.ts';
import type { TrainedModel } from '../../trained/trained-model.ts';
import { defaultDataDir, layoutOf, OWN_FLAGS, type GlobalFlags } from './flags.ts';
import { ProgressLine } from '../views/progress-line.ts';
import { shortId } from '../../render/format.ts';
import { withResults } from '../results.ts';
import { StopSignals } from '../stop-signals.ts';

export interface TrialFlags extends GlobalFlags {
  readonly trial: string;
  readonly name: string | undefined;
}

export function withTrial(yargs: Argv<GlobalFlags>): Argv<TrialFlags> {
  return yargs
    .positional('trial', {
      type: 'string',
      demandOption: true,
      describe: "Beginning of a trial's id; `best`; or a sweep's name, whose best it is",
    })
    .positional('name', { type: 'string', describe: 'With `best`: of which sweep' });
}

/** `--data` is here what the model is given, not where data sets are looked for. */
export function withSamples<Flags extends GlobalFlags>(yargs: Argv<Flags>) {
  return yargs
    .option('data', {
      group: OWN_FLAGS,
      type: 'string',
      default: undefined,
      requiresArg: true,
      coerce: (value: string | undefined) => value,
      defaultDescription: "the trial's own",
      describe: 'Images: the name of a data set, a folder, or a file, as in `dataset:` of a spec',
    })
    .option('split', {
      group: OWN_FLAGS,
      choices: ['train', 'validation', 'test'] as const satisfies readonly DatasetSplit[],
      requiresArg: true,
      defaultDescription: "test of the trial's own data, all of others",
      describe: 'Only these of the images',
    });
}

/** `--condition`, of commands that use models which are told labels. */
export function withCondition<Flags extends GlobalFlags>(yargs: Argv<Flags>, otherwise: string) {
  return yargs.option('condition', {
    group: OWN_FLAGS,
    type: 'string',
    requiresArg: true,
    defaultDescription: otherwise,
    describe: 'The label that a conditional model is told of all',
  });
}

export interface SampleFlags extends GlobalFlags {
  readonly split: DatasetSplit | undefined;
}

/** What `openSamples` is asked for. */
export function sampleRequest({ data, split }: SampleFlags, trial: TrialRecord, { shape, columns }: TrainedModel) {
  return { shape, columns, settings: trial.config.dataset, given: data, split, dataDir: defaultDataDir() };
}

/** The trial that is named and its model. @throws SweepError before anything is computed */
export async function openNamed(flags: TrialFlags): Promise<{ trial: TrialRecord; model: TrainedModel; id: string }> {
  if (flags.device !== 'auto' && flags.device !== 'cpu') {
    throw new SweepError('USAGE', `--device ${flags.device}: trained models are used on the processor.`);
  }
  return withResults(flags, async (model) => {
    const open = { model, layout: layoutOf(flags) };
    const trial = namedTrial(open, flags.trial, flags.name);
    return { trial, model: await openTrained(open, trial), id: shortId(trial.id, model.idLength()) };
  });
}

class Stopped extends Error {}

/** Does long work, which a signal ends between two pieces: the exit code is then the signal's. */
export async function withProgress(
  what: string,
  flags: GlobalFlags,
  work: (told: Told) => Promise<void>,
): Promise<number> {
  const signals = new StopSignals();
  const line = new ProgressLine(what, flags.quiet || flags.json);
  signals.arm();
  try {
    await work((done, all) => {
      if (signals.stop.aborted) throw new Stopped();
      line.told(done, all);
    });
    return 0;
  } catch (error) {
    if (error instanceof Stopped) return signals.exitCode;
    throw error;
  } finally {
    line[Symbol.dispose]();
    signals[Symbol.dispose]();
  }
}

/** @throws SweepError USAGE where no file is named, or none that ends so */
export function fileNamed(output: string | undefined, endings: readonly string[], example: string): string {
  if (output !== undefined && (output === '-' || endings.some((ending) => output.toLowerCase().endsWith(ending)))) {
    return output;
  }
  const what =
    output === undefined ? 'Name a file' : `-o ${output}: this writes ${endings.join(' and ')}. Name such a file`;
  throw new SweepError('USAGE', `${what}: ${example}`);
}
