import { expect, test } from 'vitest';
import { SweepError } from '../../src/errors.ts';
import { failureOf } from '../../src/executor/failure.ts';

test.each([
  [new RangeError('Array buffer allocation failed'), 'memory'],
  [new Error('CUDA failure 2: out of memory'), 'memory'],
  [new Error('OOM when allocating tensor with shape[128,784]'), 'memory'],
  [Object.assign(new Error('Worker terminated'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }), 'memory'],
  [new SweepError('DATA_MISSING', 'no images'), 'data'],
  [new SweepError('DATA_CORRUPT', 'cut off'), 'data'],
  [new SweepError('DATA_CHANGED', 'other images'), 'data'],
  [new SweepError('STORE_FULL', 'disk'), 'bug'],
  [Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' }), 'storage'],
  [Object.assign(new TypeError('no such thing'), { code: 'ERR_INVALID_ARG_TYPE' }), 'bug'],
  [new TypeError('x is not a function'), 'bug'],
  ['a thrown string', 'bug'],
])('%s is of kind %s', (error, kind) => {
  expect(failureOf(error)).toMatchObject({ kind, message: error instanceof Error ? error.message : error });
});
