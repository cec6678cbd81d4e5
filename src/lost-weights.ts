/** Completed trials whose files of weights are gone or cut off: told alike by `run`, `show` and `report`. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { TRIAL_FILES, type ResultsLayout } from './paths.ts';
import type { TrialRecord } from './store/read-model.ts';
import type { TrialId } from './trial/trial.ts';

export interface LostWeights {
  readonly trial: TrialId;
  readonly file: string;
  /** What follows the file's name: `is missing`, `is cut off (100 of 35,712 bytes)`. */
  readonly problem: string;
  /** The sweep that the result was taken over from. */
  readonly takenFrom: string | null;
}

/** Of the given trials, those that are completed and have no whole file of weights. */
export function findLostWeights(trials: readonly TrialRecord[], layout: ResultsLayout): LostWeights[] {
  return trials.flatMap(({ id, sweep, state, reusedFrom }) => {
    if (state !== 'completed') return [];
    const file = path.join(layout.trial(reusedFrom ?? sweep, id), TRIAL_FILES.weights);
    const problem = problemOf(file);
    return problem === undefined ? [] : [{ trial: id, file, problem, takenFrom: reusedFrom }];
  });
}

/** Looks at the length alone, which costs the same for every model: whether the content is right, its checksum tells who reads it. */
function problemOf(file: string): string | undefined {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) return 'is missing';
    // Opening a pipe would wait for a writer.
    if (!found.isFile()) return 'is no file';
    const { size } = found;
    const whole = promisedSize(file, size);
    if (whole === undefined || whole > size)
      return `is cut off (${whole === undefined ? `after ${size}` : `${size} of ${whole}`} bytes)`;
    return whole === size ? undefined : 'is damaged';
  } catch (error) {
    return error instanceof Error && 'code' in error ? `can't be read: ${error.message}` : 'is damaged';
  }
}

/** So many are named. */
const NAMED = 3;

/** What a run says of them, each of its trial, or of none. */
export function lostWeightsNotes(lost: readonly LostWeights[]): { trial: TrialId | null; message: string }[] {
  const named = lost.slice(0, NAMED);
  const others = lost.length - named.length;
  return [
    ...named.map((one) => ({ trial: one.trial, message: `completed, but ${describeLostWeights(one)}` })),
    ...(others === 0
      ? []
      : [{ trial: null, message: `${others} more completed trials have no whole file of weights` }]),
  ];
}

/** `FILE is missing. The result stands; to have …`. */
export function describeLostWeights({ trial, file, problem, takenFrom }: LostWeights): string {
  return `${file} ${problem}${weightsRemedy(trial, takenFrom)}`;
}

/** What to do about it. */
export function weightsRemedy(trial: TrialId, takenFrom: string | null): string {
  const origin = takenFrom === null ? '' : ` (the result was taken over from sweep ${takenFrom})`;
  return `${origin}. The result stands; to have the weights again, train the trial anew: sweep run SPEC --again ${trial}`;
}

const LENGTH_BYTES = 8;

/** Bytes of the whole file, by the header of the safetensors format; undefined where the header itself is not whole. */
function promisedSize(file: string, size: number): number | undefined {
  const descriptor = openSync(file, 'r');
  try {
    const read = (at: number, bytes: number): Buffer => {
      const buffer = Buffer.alloc(bytes);
      return buffer.subarray(0, readSync(descriptor, buffer, 0, bytes, at));
    };
    if (size < LENGTH_BYTES) return undefined;
    const dataAt = LENGTH_BYTES + Number(read(0, LENGTH_BYTES).readBigUInt64LE());
    if (dataAt > size) return undefined;
    const header = JSON.parse(read(LENGTH_BYTES, dataAt - LENGTH_BYTES).toString()) as Record<string, object>;
    const ends = Object.values(header).map((entry) =>
      'data_offsets' in entry ? (entry.data_offsets as number[])[1]! : 0,
    );
    return dataAt + Math.max(0, ...ends);
  } finally {
    closeSync(descriptor);
  }
}
