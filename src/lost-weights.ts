/** Files of weights as readers see them, by length and header: whose are gone or cut off is told alike by `run`, `show` and `report`. */
import type { ResultsLayout } from './files/paths.ts';
import type { TrialFiles } from './files/trial-files.ts';
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
  const whole = new Set<string>();
  return trials.flatMap((trial) => {
    if (trial.state !== 'completed') return [];
    const files = filesOf(trial, layout);
    const problem = problemOf(files, (size) => `${likeness(trial)} ${size}`, whole);
    return problem === undefined
      ? []
      : [{ trial: trial.id, file: files.path('weights'), problem, takenFrom: trial.reusedFrom }];
  });
}

/** Trials that are alike in this have headers of the same length, hence whole files of the same size. */
function likeness({ trainableWeights, bestEpoch, seed, config }: TrialRecord): string {
  return `${trainableWeights} ${String(bestEpoch).length} ${String(seed).length} ${JSON.stringify(config).length}`;
}

/**
 * Looks at the length alone, which costs the same for every model: whether the content is right, its checksum tells who
 * reads it. A file is opened only where none of its length was found to be `whole` before.
 */
function problemOf(
  files: TrialFiles,
  keyOf: (size: number) => string = String,
  known = new Set<string>(),
): string | undefined {
  try {
    const found = files.look('weights');
    if (found === undefined) return 'is missing';
    if (!found.isFile()) return 'is no file';
    const { size } = found;
    if (known.has(keyOf(size))) return undefined;
    const whole = promisedSize(files, size);
    if (whole === undefined || whole > size)
      return `is cut off (${whole === undefined ? `after ${size}` : `${size} of ${whole}`} bytes)`;
    if (whole !== size) return 'is damaged';
    known.add(keyOf(size));
    return undefined;
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

/** What computed a completed trial (see training/bit-class.ts), as its weights say; null where there are none that do. */
export function bitClassOfWeights(trial: TrialRecord, layout: ResultsLayout): string | null {
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
