import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** Folders whose test files have a process each: they load TF.js or an engine into it, a browser, or modules anew. */
const ISOLATED = ['bench', 'decoder', 'engine', 'executor', 'model', 'own', 'page', 'trained', 'training'];
const isolated = [`test/{${ISOLATED.join()}}/**/*.test.ts`, 'test/docs/specs.test.ts', 'test/*.test.ts'];

export default defineConfig({
  test: {
    // Ends what hangs, however busy the machine is: no test is judged by its time, and none sets a limit of its own.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 200_000, interval: 20 } },
    // What fails once in a hundred runs of a server is told there as retried, and is to be mended; here it fails.
    retry: process.env['CI'] === undefined ? 0 : 1,
    // One more than a small machine has cores: many tests wait for a process, and engines take one thread each.
    maxWorkers: 3,
    // As the command's entry sets it, for the device processes of tests that call its inside.
    env: { NODE_COMPILE_CACHE: path.join(tmpdir(), 'node-compile-cache') },
    globalSetup: ['test/support/templates.ts'],
    projects: [
      // The alias is as `src/own/load.ts` has it for modules of the user's own; here vitest imports them.
      {
        extends: true,
        test: { name: 'isolated', include: isolated, alias: { 'vae-sweep': path.resolve('src/own/define.ts') } },
      },
      // A process for each file costs as much as most of these files.
      { extends: true, test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: isolated, isolate: false } },
    ],
  },
});
