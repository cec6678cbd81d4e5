import type { OwnImages } from '../../trial/trial.ts';
import type { OwnDataset } from '../definition.ts';

/** The definition of a user's own images: what a trial's configuration keeps of them says all of it. */
export function ownDataset(name: string, own: OwnImages): OwnDataset {
  const { fingerprint, images, height, width, channels, splits, isBinary } = own;
  const kind = { ...(own.isReal && { isReal: own.isReal }), ...(own.isCounts && { isCounts: own.isCounts }) };
  const facts = { fingerprint, images, height, width, channels, splits, isBinary, ...kind };
  return { kind: 'own', name, description: 'images of your own', hasTestSet: own.hasTestSet === true, ...facts };
}
