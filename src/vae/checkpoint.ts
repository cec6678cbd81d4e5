import path from 'node:path';
import type { EngineChoice } from '../engine/engine.ts';
import type { TrialJob } from '../executor/protocol.ts';
import { TRIAL_FILES } from '../paths.ts';
import type { EpochRecord } from '../trial/trial.ts';
import type { WeightSpec } from './architecture.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { momentName } from './adam.ts';
import type { LossTerms } from './divergence.ts';
import { readWhole } from './read-whole.ts';
import { decodeTensors, encodeTensors, type NamedTensor } from './safetensors.ts';
import type { BestEpoch, PartialEpoch, TrainingState } from './training-state.ts';

const FORMAT = 'vae-sweep.checkpoint/1';
const BEST_PREFIX = 'best.';

interface Header {
  readonly format: string;
  readonly trial: string;
  readonly engine: EngineChoice;
  readonly step: number;
  readonly history: EpochRecord[];
  readonly partial: PartialEpoch;
  /** Its weights are left out of the file where they are the `current` ones, as after an epoch that was the best. */
  readonly best: { epoch: number; klPerDimension: number[]; current: boolean } | null;
  /** Absent in a checkpoint of an earlier version. */
  readonly lastLoss?: LossTerms;
}

/**
 * Writes the whole state as one file, so that a checkpoint is either complete or not there. The state is taken as it is
 * when this is called: before the promise resolves it may go on to other arrays, as training does.
 */
export async function saveCheckpoint(
  job: TrialJob,
  engine: EngineChoice,
  specs: readonly WeightSpec[],
  state: TrainingState,
): Promise<void> {
  const { best } = state;
  const current = best !== undefined && specs.every(({ name }) => best.weights[name] === state.tensors[name]);
  const header: Header = {
    format: FORMAT,
    trial: job.trialId,
    engine,
    step: state.step,
    history: state.history,
    partial: state.partial,
    best: best ? { epoch: best.epoch, klPerDimension: [...best.klPerDimension], current } : null,
    ...(state.lastLoss && { lastLoss: state.lastLoss }),
  };
  const tensors: Record<string, NamedTensor> = {};
  for (const { name, shape } of specs) {
    for (const key of [name, momentName('first', name), momentName('second', name)]) {
      tensors[key] = { shape, values: state.tensors[key]! };
    }
    if (best && !current) tensors[BEST_PREFIX + name] = { shape, values: best.weights[name]! };
  }
  await writeFileAtomically(
    path.join(job.directory, TRIAL_FILES.checkpoint),
    encodeTensors({ metadata: { checkpoint: JSON.stringify(header) }, tensors }, 'crc32'),
  );
}

/**
 * The state to go on from. Undefined when there is no checkpoint; one that is damaged, of another trial or of another
 * engine (whose bits would differ) is left aside, and `reject` is told why.
 */
export async function loadCheckpoint(
  job: TrialJob,
  engine: EngineChoice,
  specs: readonly WeightSpec[],
  reject: (reason: string) => void,
): Promise<TrainingState | undefined> {
  let file: Uint8Array;
  try {
    file = await readWhole(path.join(job.directory, TRIAL_FILES.checkpoint));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return decode(file, job, engine, specs);
  } catch (error) {
    reject(`checkpoint not used, starting from epoch 1: ${(error as Error).message}`);
    return undefined;
  }
}

function decode(file: Uint8Array, job: TrialJob, engine: EngineChoice, specs: readonly WeightSpec[]): TrainingState {
  const { metadata, tensors } = decodeTensors(file);
  const header = JSON.parse(metadata['checkpoint'] ?? '{}') as Header;
  if (header.format !== FORMAT) throw new Error(`its format is ${header.format}, this version reads ${FORMAT}`);
  if (header.trial !== job.trialId) throw new Error(`it belongs to trial ${header.trial}`);
  const made = `${header.engine.engine} engine on ${header.engine.provider}`;
  if (header.engine.engine !== engine.engine || header.engine.provider !== engine.provider) {
    throw new Error(`it was made by the ${made}, and results would mix two engines`);
  }
  const take = (prefix: string, names: readonly string[]): Record<string, Float32Array> =>
    Object.fromEntries(
      names.map((name) => {
        const tensor = tensors[prefix + name];
        if (!tensor) throw new Error(`it lacks the tensor ${prefix}${name}`);
        return [name, tensor.values];
      }),
    );
  const weights = specs.map(({ name }) => name);
  const moments = weights.flatMap((name) => [momentName('first', name), momentName('second', name)]);
  const bestOf = ({ epoch, klPerDimension, current }: NonNullable<Header['best']>): BestEpoch => ({
    epoch,
    klPerDimension,
    weights: take(current ? '' : BEST_PREFIX, weights),
  });
  return {
    tensors: take('', [...weights, ...moments]),
    step: header.step,
    history: header.history,
    partial: header.partial,
    best: header.best ? bestOf(header.best) : undefined,
    lastLoss: header.lastLoss,
  };
}
