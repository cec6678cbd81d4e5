import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Ends what hangs, however busy the machine is: no test is judged by its time, and none sets a limit of its own.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Native engines share the machine's cores; two files at a time is the most a two-core machine can use.
    maxWorkers: 2,
    // As the command's entry sets it, for the device processes of tests that call its inside.
    env: { NODE_COMPILE_CACHE: path.join(tmpdir(), 'node-compile-cache') },
  },
});
