/** A trained model of the results, for commands and for programs. The engine is loaded here, and nowhere before. */
import { bestTrialOf } from './trial-details.ts';
import type { OpenResults } from './selection.ts';
import { definitionOf } from '../data/definition-of.ts';
import { SweepError } from '../errors.ts';
import { findTrial, isSweepName } from './find-results.ts';
import { loadRecorded } from '../own/load-recorded.ts';
import { modelShape } from '../model/model.ts';
import type { TrialRecord } from '../store/read-model.ts';
import type { TrainedModel } from '../trained/trained-model.ts';

const BEST = 'best';

/**
 * A completed trial: by the beginning of its id; as `best`, of the sweep that is named or the one started last; or by a sweep's
 * name, whose best it is. @throws SweepError NOT_FOUND, USAGE for one that isn't completed
 */
export function namedTrial(open: OpenResults, what: string, sweep?: string): TrialRecord {
  const trial = trialCalled(open, what, sweep);
  if (trial.state === 'completed') return trial;
  throw new SweepError('USAGE', `Trial ${trial.id} is ${trial.state}: only a completed one has a trained model.`);
}

function trialCalled(open: OpenResults, what: string, sweep: string | undefined): TrialRecord {
  if (what === BEST) return bestTrialOf(open, sweep).best.trial;
  if (sweep === BEST) return bestTrialOf(open, what).best.trial;
  if (sweep !== undefined) {
    throw new SweepError('USAGE', `A trial is named by its id, or as \`best\` and a sweep's name: best ${sweep}.`);
  }
  return isSweepName(open.model, what) ? bestTrialOf(open, what).best.trial : findTrial(open.model, what);
}

/** @throws SweepError NOT_FOUND where its weights are gone or damaged, DEFINITION where the module of its likelihood is, or has changed */
export async function openTrained({ layout }: OpenResults, trial: TrialRecord): Promise<TrainedModel> {
  const { parameters, dataset, ownLikelihood } = trial.config;
  const shape = modelShape(parameters, definitionOf(dataset), dataset.labels, ownLikelihood);
  const files = layout.files(trial.reusedFrom ?? trial.sweep, trial.id);
  if (ownLikelihood !== undefined) await loadRecorded({ ownLikelihood });
  const { openTrainedModel } = await import('../trained/trained-model.ts');
  return openTrainedModel(trial.id, shape, files, dataset.labels?.names);
}
