import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Ends what hangs, however busy the machine is: no test is judged by its time, and none sets a limit of its own.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Native engines share the machine's cores; two files at a time is the most a two-core machine can use.
    maxWorkers: 2,
  },
});
