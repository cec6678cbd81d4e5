/**
 * HDF5 files, each read in a thread of its own: damage can lead the library round in circles, which only ends with its
 * thread, and leaves it in a state in which it opens nothing more.
 */
import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { SweepError } from '../../../errors.ts';
import type { Described, Hdf5Answer, Hdf5Request } from './hdf5-thread.ts';
import type { ImageStream } from '../image-stream.ts';
import type { NamesInFile } from '../labels.ts';
import { MisfitReading } from '../misfit-reading.ts';
import { unusable } from '../unusable.ts';
import type { VectorStream } from '../tables/vector-stream.ts';

/** As this file is: TypeScript in the checkout, JavaScript in the package. */
const THREAD = new URL(`../../../../workers/hdf5${path.extname(import.meta.url)}`, import.meta.url);
/** How long the library may take for a piece: far longer than any disk. */
const PATIENCE_MS = 60_000;

/** Samples as hdf5Samples finds them. @throws SweepError DATA_CORRUPT, DATA_MISSING */
export async function readHdf5(
  place: string,
  names: NamesInFile,
  patience = PATIENCE_MS,
): Promise<ImageStream | VectorStream> {
  const [found] = await all(answers({ place, ...names, part: 'description' }, patience));
  const { labelled, ...described } = found as Described;
  return {
    ...described,
    ...(labelled !== undefined && {
      labels: {
        from: labelled,
        read: async () => (await all(answers({ place, ...names, part: 'labels' }, patience)))[0] as string[],
      },
    }),
    read: () => answers({ place, ...names, part: 'samples' }, patience),
  } as unknown as ImageStream | VectorStream;
}

async function all(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const pieces: unknown[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

async function* answers(request: Hdf5Request, patience: number): AsyncGenerator {
  const thread = new Worker(THREAD, { workerData: request });
  try {
    for (;;) {
      thread.postMessage('next');
      const answer = await answered(thread, request, patience);
      if ('misfit' in answer) throw new MisfitReading(answer.misfit);
      if ('refusal' in answer) throw new SweepError('DATA_CORRUPT', answer.refusal);
      if ('isDone' in answer) return;
      yield answer.piece;
    }
  } finally {
    await thread.terminate();
  }
}

/** Rejects with what ended the thread, if it did: the library may run out of memory, too. */
async function answered(thread: Worker, { place }: Hdf5Request, patience: number): Promise<Hdf5Answer> {
  const signal = AbortSignal.timeout(patience);
  try {
    const [answer] = (await once(thread, 'message', { signal })) as [Hdf5Answer];
    return answer;
  } catch (error) {
    const what = signal.aborted ? `nothing came of it within ${patience / 1000} s` : "it can't be read as HDF5";
    throw new SweepError('DATA_CORRUPT', unusable(place, `it is damaged: ${what}`, 'Save or copy it again').message, {
      cause: error,
    });
  }
}
