import { datasetOf } from './data/datasets/index.ts';
import type { PlainWeights } from './decoder/plain-model.ts';
import type { ResultsLayout } from './files/paths.ts';
import type { ModelShape } from './model/architecture.ts';
import { modelShape } from './model/model.ts';
import type { TrialRecord } from './store/read-model.ts';
import { decodeTensors } from './training/safetensors.ts';

export interface TrainedModel {
  readonly model: ModelShape;
  /** Of the trial's best epoch, as `plainModel` takes them. */
  readonly weights: PlainWeights;
}

/** The weights that a completed trial left. @throws Error of the system, or one that says what is wrong with the file */
export async function readTrainedModel(trial: TrialRecord, layout: ResultsLayout): Promise<TrainedModel> {
  const files = layout.files(trial.reusedFrom ?? trial.sweep, trial.id);
  const { metadata, tensors } = decodeTensors(await files.get('weights'));
  if (metadata['trial'] !== undefined && metadata['trial'] !== trial.id) throw new Error('they are of another trial');
  return {
    model: modelShape(trial.config.parameters, datasetOf(trial.config.dataset.name)),
    weights: Object.fromEntries(Object.entries(tensors).map(([name, { values }]) => [name, values])),
  };
}
