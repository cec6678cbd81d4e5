/**
 * Says `ready`, waits for a line on stdin, tries to become the coordinator of sweep `beta` in folder argv[2], and says
 * `held` or the error's code. Holds the sweep until it is killed.
 */
import { once } from 'node:events';
import { SweepError } from '../../../src/errors.ts';
import { ResultsLayout } from '../../../src/files/paths.ts';
import { openStore } from '../../../src/store/sqlite-store.ts';

process.stdout.write('ready\n');
await once(process.stdin, 'data');
try {
  const store = openStore(new ResultsLayout(process.argv[2]!), 'beta');
  process.stdout.write('held\n');
  // Until it is killed.
  await once(process.stdin, 'end');
  store[Symbol.dispose]();
} catch (error) {
  process.stdout.write(error instanceof SweepError ? `${error.code}\n` : `${String(error)}\n`);
  process.exit(1);
}
