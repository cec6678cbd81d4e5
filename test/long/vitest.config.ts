import { defineConfig } from 'vitest/config';

/** Suites that need hardware or minutes; `npm test` leaves them out. */
export default defineConfig({ test: { include: ['test/long/*.suite.ts'], testTimeout: 120_000 } });
