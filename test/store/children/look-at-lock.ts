/** Looks at the lock of sweep `beta` in folder argv[2] until it has seen it held ten times, then says so. */
import { setImmediate } from 'node:timers/promises';
import { ResultsLayout } from '../../../src/files/paths.ts';
import { isLocked } from '../../../src/store/lock.ts';

const file = new ResultsLayout(process.argv[2]!).lock('beta');
process.stdout.write('ready\n');
for (let seen = 0; seen < 10;) {
  for (let i = 0; i < 10; i++) if (isLocked(file)) seen++;
  await setImmediate();
}
process.stdout.write('seen\n');
