import { bytesOf } from '../data/npz-writer.ts';
import { Spill } from '../files/spill.ts';
import { imageSize } from '../model/architecture.ts';
import { archiveOf, arrayOfConditions, arraysOfNames } from './archive.ts';
import type { LabelsOf } from './condition.ts';
import type { Samples } from './samples.ts';
import type { TrainedModel } from './trained-model.ts';
import type { Told } from './told.ts';

/**
 * An `.npz` of the posteriors of all samples: `mu` and `logvar`, float32 [N, J], and which images they are of. Holds one piece
 * at a time; `logvar` waits on the disk until `mu` is written. With `condition`, what a model is told of each.
 */
export async function* encodeSamples(
  model: TrainedModel,
  samples: Samples,
  labelsOf: LabelsOf,
  told: Told,
): AsyncGenerator<Uint8Array> {
  const shape = [samples.count, model.shape.latentDim];
  const later = new Spill();
  try {
    yield* archiveOf([
      {
        name: 'mu',
        type: '<f4',
        shape,
        async *read() {
          let done = 0;
          for await (const images of samples.read(model.piece)) {
            const count = images.length / imageSize(model.shape);
            const { mean, logVariance } = await model.encode(images, labelsOf(done, count));
            later.write(bytesOf(logVariance));
            yield bytesOf(mean);
            told((done += count), samples.count);
          }
        },
      },
      { name: 'logvar', type: '<f4', shape, read: () => later.read() },
      ...arraysOfNames(samples),
      ...arrayOfConditions(model, samples.count, labelsOf),
    ]);
  } finally {
    later[Symbol.dispose]();
  }
}
