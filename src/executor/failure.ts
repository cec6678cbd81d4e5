import { SweepError, messageOf } from '../errors.ts';
import type { Failure } from './protocol.ts';

/** How V8, TF.js, onnxruntime, CUDA and the C++ library say that an allocation failed. */
const OUT_OF_MEMORY =
  /out of memory|allocation failed|failed to allocate|bad_alloc|invalid typed array length|\boom\b/i;

/** What a thrown value says about the trial, as a value that survives the way between threads. */
export function failureOf(error: unknown): Failure {
  const message = messageOf(error);
  const kind = isDataError(error) ? 'data' : isOutOfMemory(error, message) ? 'memory' : 'bug';
  return error instanceof Error && error.stack !== undefined
    ? { kind, message, stack: error.stack }
    : { kind, message };
}

function isDataError(error: unknown): boolean {
  return error instanceof SweepError && (error.code === 'DATA_MISSING' || error.code === 'DATA_CORRUPT');
}

function isOutOfMemory(error: unknown, message: string): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ERR_WORKER_OUT_OF_MEMORY' || OUT_OF_MEMORY.test(message);
}
