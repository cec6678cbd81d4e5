/** The logic of workers/hdf5.ts. A request is answered piece by piece, each once it is asked for. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { SweepError } from '../../../errors.ts';
import { hdf5Samples } from './hdf5.ts';
import { MisfitReading, type Misfit } from '../misfit-reading.ts';
import type { NamesInFile } from '../labels.ts';
import type { ImageStream } from '../image-stream.ts';
import type { VectorStream } from '../tables/vector-stream.ts';

/** What is asked of a file: what is in it, its samples, or their labels. */
export interface Hdf5Request extends NamesInFile {
  readonly place: string;
  readonly part: 'description' | 'samples' | 'labels';
}

/** A stream without its functions, which can't be sent. */
export type Described = Omit<ImageStream | VectorStream, 'read' | 'labels'> & { readonly labelled?: string };

/** Errors lose their class between threads, so they travel as values. */
export type Hdf5Answer =
  { readonly piece: unknown } | { readonly isDone: true } | { readonly misfit: Misfit } | { readonly refusal: string };

export function serveHdf5(): void {
  const port = parentPort!;
  const answers = answer(workerData as Hdf5Request);
  port.on('message', () => void sendNext(port, answers));
}

async function sendNext(port: MessagePort, answers: AsyncGenerator): Promise<void> {
  try {
    const next = await answers.next();
    port.postMessage((next.done === true ? { isDone: true } : { piece: next.value }) satisfies Hdf5Answer);
  } catch (error) {
    if (!(error instanceof SweepError)) throw error;
    const refused = error instanceof MisfitReading ? { misfit: error.misfit } : { refusal: error.message };
    port.postMessage(refused satisfies Hdf5Answer);
  }
}

async function* answer({ place, part, ...names }: Hdf5Request): AsyncGenerator {
  const stream = await hdf5Samples(place, names);
  const { labels } = stream;
  const described = { ...stream, read: undefined, labels: undefined };
  if (part === 'description') yield { ...described, ...(labels && { labelled: labels.from }) } satisfies Described;
  else if (part === 'samples') yield* stream.read();
  else yield await labels!.read();
}
