import { randomStream, type RandomStream, type StreamKey } from '../random.ts';
import { EVALUATION_BATCH } from '../training/evaluate.ts';

/**
 * Draws of N(0, 1) for samples `first` to `first + count`, [count, J]: those of a batch of evaluation follow from `key` and its
 * number, whatever else is drawn. `first` begins a batch.
 */
export function normalDraws(key: StreamKey, first: number, count: number, latentDim: number): Float32Array {
  const draws = new Float32Array(count * latentDim);
  const size = EVALUATION_BATCH * latentDim;
  for (let at = 0; at < draws.length; at += size) {
    const batch = randomStream([...key, first / EVALUATION_BATCH + at / size]).fillNormal(new Float32Array(size));
    draws.set(batch.subarray(0, draws.length - at), at);
  }
  return draws;
}

/** What the sample at the seed's draw of this number from the prior is itself drawn by, whatever else is; under each label another. */
export function sampleStream(seed: number, number: number, label: number | undefined): RandomStream {
  return randomStream(['draw', seed, number, ...(label === undefined ? [] : [label])]);
}
