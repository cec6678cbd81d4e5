/** How far trials are expected to be trained where a sweep prunes. */
import { expectedEpochs, type Pruning } from '../../search/pruning.ts';
import type { SweepRecord, TrialRecord } from '../../store/read-model.ts';
import { mostConfirming } from '../../sweep-file/expansion/confirmation.ts';
import { readSpec } from '../../sweep-file/parse.ts';
import { isFinished } from '../../trial/state.ts';
import type { ConfigId } from '../../trial/trial.ts';

export type Trained = Pick<TrialRecord, 'configId' | 'state' | 'epochs' | 'isRevived' | 'phase'> & {
  readonly config: Pick<TrialRecord['config'], 'train'>;
};

export interface FinalEpochs {
  /** After how many epochs a trial is expected to end, whatever it has by now. */
  readonly of: (trial: Trained) => number;
  /** The same of the configurations that are not among them, one each. */
  readonly others: readonly number[];
}

/**
 * Of `configurations` that there are to be. Nobody knows who will go on: those that are furthest are taken to be these,
 * so that all together is what is expected. Trials that confirm the best are never pruned.
 */
export function finalEpochs(known: readonly Trained[], prune: Pruning | null, configurations: number): FinalEpochs {
  const trials = known.filter(({ phase }) => phase !== 'confirm');
  const byConfig = Map.groupBy(trials, ({ configId }) => configId);
  const epochs = trials[0]?.config.train.epochs ?? 0;
  const unknown = Math.max(0, configurations - byConfig.size);
  if (prune === null || trials.length === 0) {
    return { of: ({ config: { train } }) => train.epochs, others: Array<number>(unknown).fill(epochs) };
  }
  const expected = expectedEpochs(prune, byConfig.size + unknown, epochs);
  const ends = [...byConfig].map(([id, seeds]) => ({
    id,
    isPruned: seeds.some(({ state }) => state === 'pruned'),
    isOver: seeds.every(({ state }) => isFinished(state)),
    epochs: Math.max(...seeds.map((seed) => seed.epochs)),
  }));
  const pruned = ends.filter(({ isPruned }) => isPruned).length;
  const over = ends.filter(({ isPruned, isOver }) => isOver && !isPruned).length;
  const open = ends.filter(({ isPruned, isOver }) => !isOver && !isPruned).sort((a, b) => b.epochs - a.epochs);
  const left = expected.slice(over, expected.length - pruned);
  const finals = new Map<ConfigId, number>(open.map(({ id }, i) => [id, left[i]!]));
  return {
    of: ({ configId, epochs: done, isRevived, phase }) =>
      isRevived === true || phase === 'confirm' ? epochs : Math.max(done, finals.get(configId) ?? epochs),
    others: left.slice(open.length),
  };
}

/** What of a sweep's spec says how far its trials are trained. */
export interface Stages {
  readonly prune: Pruning | null;
  /** Trials that confirm the best, at most. */
  readonly confirming: number;
}

/** Neither also for a spec that this version doesn't read. */
export function stagesOf({ specText, overrides }: Pick<SweepRecord, 'specText' | 'overrides'>): Stages {
  const key = JSON.stringify([specText, overrides]);
  if (latest?.key !== key) latest = { key, stages: stagesIn(specText, overrides) };
  return latest.stages;
}
/** Who watches a sweep asks again and again. */
let latest: { readonly key: string; readonly stages: Stages } | undefined;

function stagesIn(specText: string, overrides: readonly string[]): Stages {
  try {
    const { spec } = readSpec(specText, { file: 'spec', overrides });
    return { prune: spec.prune, confirming: mostConfirming(spec) };
  } catch {
    return { prune: null, confirming: 0 };
  }
}
