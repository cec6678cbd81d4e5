import type { Columns } from '../data/own/tables/standardize.ts';
import type { TrialId } from '../trial/trial.ts';
import { decodeTensors, type TensorFile } from './safetensors.ts';

/** Beside the weights in the file of a model of rows of numbers: what its columns were standardised by. */
const MEAN = 'columns.mean';
const STD = 'columns.std';
/** In its metadata: their names, a list as JSON. */
const NAMES = 'columns.names';

/** In the metadata of a model that is told labels: those of the images that the trial keeps, places among all, a list as JSON. */
const LABELS = 'labels.of_kept';

/** The weights of a trial's best epoch by name, from its file of them. @throws Error that says what is wrong with the file */
export function trainedWeights(file: Uint8Array, trial: TrialId): Record<string, Float32Array> {
  return weightsIn(contentOf(file, trial).tensors);
}

/** What its columns were standardised by; undefined for a model of images. @throws Error as trainedWeights */
export function trainedColumns(file: Uint8Array, trial: TrialId): Columns | undefined {
  const { metadata, tensors } = contentOf(file, trial);
  const [means, stds] = [tensors[MEAN]?.values, tensors[STD]?.values];
  // Older files hold them in float32.
  const names = metadata[NAMES] === undefined ? {} : { names: JSON.parse(metadata[NAMES]) as string[] };
  return means && stds && { means: Float64Array.from(means), stds: Float64Array.from(stds), ...names };
}

/** The labels of the images that the trial keeps with their reconstructions; none where its model is told none. */
export function keptLabels(file: Uint8Array, trial: TrialId): readonly number[] {
  const kept = contentOf(file, trial).metadata[LABELS];
  return kept === undefined ? [] : (JSON.parse(kept) as number[]);
}

export function labelMetadata(labels: Uint16Array): TensorFile['metadata'] {
  return { [LABELS]: JSON.stringify([...labels]) };
}

export function columnTensors({ means, stds }: Columns): TensorFile['tensors'] {
  return { [MEAN]: { shape: [means.length], values: means }, [STD]: { shape: [stds.length], values: stds } };
}

export function columnMetadata({ names }: Columns): TensorFile['metadata'] {
  return names === undefined ? {} : { [NAMES]: JSON.stringify(names) };
}

export function weightsIn(tensors: TensorFile['tensors']): Record<string, Float32Array> {
  const weights = Object.entries(tensors).filter(([name]) => name !== MEAN && name !== STD);
  return Object.fromEntries(weights.map(([name, { values }]) => [name, values as Float32Array]));
}

function contentOf(file: Uint8Array, trial: TrialId): TensorFile {
  const content = decodeTensors(file);
  const { metadata } = content;
  if (metadata['trial'] !== undefined && metadata['trial'] !== trial) throw new Error('they are of another trial');
  return content;
}
