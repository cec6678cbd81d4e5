/** Looks at the lock of sweep `beta` in folder argv[2] without a pause until a line comes, then says how often it was held. */
import { setImmediate } from 'node:timers/promises';
import { ResultsLayout } from '../../../src/paths.ts';
import { isLocked } from '../../../src/store/lock.ts';

const file = new ResultsLayout(process.argv[2]!).lock('beta');
let isEnough = false as boolean;
process.stdin.once('data', () => (isEnough = true));
process.stdout.write('ready\n');
let seen = 0;
let looks = 0;
while (!isEnough) {
  for (let i = 0; i < 10; i++) {
    looks++;
    if (isLocked(file)) seen++;
  }
  await setImmediate();
}
process.stdout.write(`${seen} of ${looks}\n`);
process.exit();
