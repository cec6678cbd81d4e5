import type { TrialFiles } from '../files/trial-files.ts';
import type { EpochRecord, TrialId } from '../trial/trial.ts';
import type { WeightSpec } from '../model/architecture.ts';
import { momentName } from './adam.ts';
import type { LossTerms } from './divergence.ts';
import { decodeTensors, encodeTensors, type NamedTensor } from './safetensors.ts';
import type { BestEpoch, PartialEpoch, TrainingState } from './training-state.ts';

const FORMAT = 'vae-sweep.checkpoint/2';
/** Of earlier versions, which did not say what computed it. */
const FORMAT_WITHOUT_CLASS = 'vae-sweep.checkpoint/1';
const BEST_PREFIX = 'best.';

interface Header {
  readonly format: string;
  readonly trial: string;
  /** What computed it; see bit-class.ts. */
  readonly bitClass: string;
  readonly step: number;
  readonly history: EpochRecord[];
  readonly partial: PartialEpoch;
  /** Its weights are left out of the file where they are the `current` ones, as after an epoch that was the best. */
  readonly best: { epoch: number; klPerDimension: number[]; current: boolean } | null;
  /** Absent in a checkpoint of an earlier version. */
  readonly lastLoss?: LossTerms;
}

/** What a trial's folder holds of it: the state to go on from, or why what is there can't be gone on from. */
export interface FoundCheckpoint {
  readonly state?: TrainingState;
  readonly rejected?: string;
  /** The trial that it is of, where that is another one. */
  readonly from?: TrialId;
}

/**
 * Writes the whole state as one file, so that a checkpoint is either complete or not there. The state is taken as it is
 * when this is called: before the promise resolves it may go on to other arrays, as training does.
 */
export async function saveCheckpoint(
  files: TrialFiles,
  trial: TrialId,
  bitClass: string,
  specs: readonly WeightSpec[],
  state: TrainingState,
): Promise<void> {
  const { best } = state;
  const current = best !== undefined && specs.every(({ name }) => best.weights[name] === state.tensors[name]);
  const header: Header = {
    format: FORMAT,
    trial,
    bitClass,
    step: state.step,
    history: state.history,
    partial: state.partial,
    best: best ? { epoch: best.epoch, klPerDimension: [...best.klPerDimension], current } : null,
    ...(state.lastLoss && { lastLoss: state.lastLoss }),
  };
  const tensors: Record<string, NamedTensor> = {};
  for (const spec of specs) {
    const { name, shape } = spec;
    for (const key of [name, ...momentsOf(spec)]) {
      tensors[key] = { shape, values: state.tensors[key]! };
    }
    if (best && !current) tensors[BEST_PREFIX + name] = { shape, values: best.weights[name]! };
  }
  await files.put('checkpoint', encodeTensors({ metadata: { checkpoint: JSON.stringify(header) }, tensors }, 'crc32'));
}

/**
 * The state to go on from, if there is one: a checkpoint that is damaged, of another trial or computed elsewhere, where
 * the same steps give other bits, is left aside.
 * @param mayBe whether that of another trial, with so many epochs done, is as good
 */
export async function loadCheckpoint(
  files: TrialFiles,
  trial: TrialId,
  bitClass: string,
  specs: readonly WeightSpec[],
  mayBe: (other: TrialId, epochs: number) => boolean = () => false,
): Promise<FoundCheckpoint> {
  let file: Uint8Array;
  try {
    file = await files.get('checkpoint');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  try {
    const { state, of } = decode(file, (other, epochs) => other === trial || mayBe(other, epochs), bitClass, specs);
    return { state, ...(of !== trial && { from: of }) };
  } catch (error) {
    return { rejected: `its checkpoint ${(error as Error).message}` };
  }
}

function decode(
  file: Uint8Array,
  isWanted: (trial: TrialId, epochs: number) => boolean,
  bitClass: string,
  specs: readonly WeightSpec[],
): { readonly state: TrainingState; readonly of: TrialId } {
  const { metadata, tensors } = readable(file);
  const header = JSON.parse(metadata['checkpoint'] ?? '{}') as Header;
  if (header.format === FORMAT_WITHOUT_CLASS) {
    throw new Error('is of an earlier version of vae-sweep and does not say what computed it');
  }
  if (header.format !== FORMAT) throw new Error(`has the format ${header.format}, this version reads ${FORMAT}`);
  if (!isWanted(header.trial, header.history.length)) throw new Error(`belongs to trial ${header.trial}`);
  if (header.bitClass !== bitClass) {
    throw new Error(`was computed by ${header.bitClass}; here computes ${bitClass}, and the two give different bits`);
  }
  const take = (prefix: string, names: readonly string[]): Record<string, Float32Array> =>
    Object.fromEntries(
      names.map((name) => {
        const tensor = tensors[prefix + name];
        if (!tensor) throw new Error(`lacks the tensor ${prefix}${name}`);
        return [name, tensor.values as Float32Array];
      }),
    );
  const weights = specs.map(({ name }) => name);
  const moments = specs.flatMap(momentsOf);
  const bestOf = ({ epoch, klPerDimension, current }: NonNullable<Header['best']>): BestEpoch => ({
    epoch,
    klPerDimension,
    weights: take(current ? '' : BEST_PREFIX, weights),
  });
  const state = {
    tensors: take('', [...weights, ...moments]),
    step: header.step,
    history: header.history,
    partial: header.partial,
    best: header.best ? bestOf(header.best) : undefined,
    lastLoss: header.lastLoss,
  };
  return { state, of: header.trial };
}

function momentsOf({ name, isObserved }: WeightSpec): string[] {
  return isObserved === true ? [] : [momentName('first', name), momentName('second', name)];
}

function readable(file: Uint8Array): ReturnType<typeof decodeTensors> {
  try {
    return decodeTensors(file);
  } catch (error) {
    throw new Error(`can't be read: ${(error as Error).message}`, { cause: error });
  }
}
