import { SweepError, messageOf, type ErrorCode } from '../errors.ts';
import type { Failure } from '../trial/outcome.ts';

/** How V8, TF.js, onnxruntime, CUDA and the C++ library say that an allocation failed. */
const OUT_OF_MEMORY =
  /out of memory|allocation failed|failed to allocate|bad_alloc|invalid typed array length|\boom\b/i;

/** Errors of whoever reads a data set, or a definition of the user's own. */
const OF_DATA: ReadonlySet<ErrorCode> = new Set(['DATA_MISSING', 'DATA_CORRUPT', 'DATA_CHANGED', 'DEFINITION']);

/** The file of a completed trial's best weights can't be used. The message names it and says why. */
export class UnreadableWeights extends Error {}

/** What a thrown value says about the trial, as a value that survives the way between threads. */
export function failureOf(error: unknown): Failure {
  const message = messageOf(error);
  if (!(error instanceof Error)) return { kind: 'bug', message };
  const stack = error.stack === undefined ? {} : { stack: error.stack };
  if (error instanceof SweepError && OF_DATA.has(error.code)) {
    return { kind: 'data', message, ...stack };
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY' || OUT_OF_MEMORY.test(message)) return { kind: 'memory', message, ...stack };
  if (error instanceof UnreadableWeights) return { kind: 'weights', message, ...stack };
  // Only a failed system call has both; data sets tell theirs as a SweepError.
  if (code !== undefined && syscall !== undefined) return { kind: 'storage', code, message, ...stack };
  return { kind: 'bug', message, ...stack };
}
