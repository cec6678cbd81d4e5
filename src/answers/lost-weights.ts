/**
 * Files of weights as readers see them, by length and header: whose are gone or cut off is told alike by `run`, `show` and
 * `report`.
 */
import type { ResultsLayout } from '../files/paths.ts';
import type { TrialFiles } from '../files/trial-files.ts';
import type { LostWeights } from '../analysis/trial/lost-weights.ts';
import type { TrialRecord } from '../store/read-model.ts';

/** Of the given trials, those that are completed and have no whole file of weights. */
export function findLostWeights(trials: readonly TrialRecord[], layout: ResultsLayout): LostWeights[] {
  return trials.flatMap((trial) => {
    if (trial.state !== 'completed') return [];
    const files = filesOf(trial, layout);
    const problem = problemOf(files);
    return problem === undefined
      ? []
      : [{ trial: trial.id, file: files.path('weights'), problem, takenFrom: trial.reusedFrom }];
  });
}

/**
 * Looks at header and length alone, which costs the same for every model: whether the numbers are right, their checksum
 * tells who reads them.
 */
function problemOf(files: TrialFiles): string | undefined {
  try {
    const found = files.look('weights');
    if (found === undefined) return 'is missing';
    if (!found.isFile()) return 'is no file';
    const { size } = found;
    const whole = promisedSize(files, size);
    if (whole === undefined || whole > size)
      return `is cut off (${whole === undefined ? `after ${size}` : `${size} of ${whole}`} bytes)`;
    return whole === size ? undefined : 'is damaged';
  } catch (error) {
    return error instanceof Error && 'code' in error ? `can't be read: ${error.message}` : 'is damaged';
  }
}

const LENGTH_BYTES = 8;

interface Header {
  /** Bytes of the file before the tensors' data. */
  readonly dataAt: number;
  readonly entries: Readonly<Record<string, object>>;
}

/** Bytes of the whole file, by its header; undefined where the header itself is not whole. */
function promisedSize(files: TrialFiles, size: number): number | undefined {
  const header = readHeader(files, size);
  if (header === undefined) return undefined;
  const ends = Object.values(header.entries).map((entry) =>
    'data_offsets' in entry ? (entry.data_offsets as number[])[1]! : 0,
  );
  return header.dataAt + Math.max(0, ...ends);
}

/** Of the safetensors format; undefined where it is cut off. */
function readHeader(files: TrialFiles, size: number): Header | undefined {
  if (size < LENGTH_BYTES) return undefined;
  const dataAt = LENGTH_BYTES + Number(files.getPart('weights', 0, LENGTH_BYTES).readBigUInt64LE());
  if (dataAt > size) return undefined;
  const json = files.getPart('weights', LENGTH_BYTES, dataAt - LENGTH_BYTES).toString();
  return { dataAt, entries: JSON.parse(json) as Header['entries'] };
}

/**
 * What computes or computed a trial (see training/bit-class.ts); of one that an earlier version completed, as its weights say.
 * Null where neither does.
 */
export function bitClassOfTrial(trial: TrialRecord, layout: ResultsLayout): string | null {
  return trial.bitClass ?? bitClassOfWeights(trial, layout);
}

function bitClassOfWeights(trial: TrialRecord, layout: ResultsLayout): string | null {
  const files = filesOf(trial, layout);
  try {
    const { size } = files.look('weights')!;
    const { __metadata__: metadata } = problemOf(files) === undefined ? readHeader(files, size)!.entries : {};
    const bitClass: unknown = metadata && 'bit_class' in metadata ? metadata.bit_class : null;
    return typeof bitClass === 'string' ? bitClass : null;
  } catch {
    return null;
  }
}

function filesOf({ id, sweep, reusedFrom }: TrialRecord, layout: ResultsLayout): TrialFiles {
  return layout.files(reusedFrom ?? sweep, id);
}
