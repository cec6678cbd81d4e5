/** What is said of a completed trial that has no whole file of weights. */
import type { TrialId } from '../../trial/trial.ts';

export interface LostWeights {
  readonly trial: TrialId;
  readonly file: string;
  /** What follows the file's name: `is missing`, `is cut off (100 of 35,712 bytes)`. */
  readonly problem: string;
  /** The sweep that the result was taken over from. */
  readonly takenFrom: string | null;
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
