/** A coordinator in a process of its own, for tests that kill it: runs the options in argv, prints each event's type. */
import { runSweep, type RunOptions } from '../../src/sweep.ts';

await runSweep(JSON.parse(process.argv[2]!) as RunOptions, (event) => {
  process.stdout.write(`${event.type}\n`);
});
