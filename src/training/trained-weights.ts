import type { TrialId } from '../trial/trial.ts';
import { decodeTensors } from './safetensors.ts';

/** The weights of a trial's best epoch by name, from its file of them. @throws Error that says what is wrong with the file */
export function trainedWeights(file: Uint8Array, trial: TrialId): Record<string, Float32Array> {
  const { metadata, tensors } = decodeTensors(file);
  if (metadata['trial'] !== undefined && metadata['trial'] !== trial) throw new Error('they are of another trial');
  return Object.fromEntries(Object.entries(tensors).map(([name, { values }]) => [name, values]));
}
