import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // Native engines share the machine's cores; two files at a time is the most a two-core machine can use.
    maxWorkers: 2,
  },
});
