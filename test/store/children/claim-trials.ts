/**
 * Plans sweep argv[3] of argv[4] trials in folder argv[2], says `ready`, waits for a line on stdin, claims them all one
 * after the other, says which it has begun and `done`, and holds them until it is killed.
 */
import { once } from 'node:events';
import { ResultsLayout } from '../../../src/files/paths.ts';
import { openStore } from '../../../src/store/sqlite-store.ts';
import { sweepPlan } from '../plans.ts';

const [folder, sweep, trials] = process.argv.slice(2) as [string, string, string];
const store = openStore(new ResultsLayout(folder), sweep);
store.savePlan(sweepPlan(Number(trials), sweep), new Date());
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const queued = store.queued();
const begun = queued.filter((id) => store.claim(id, new Date()).kind === 'begun');
process.stdout.write([...begun, 'done', ''].join('\n'));
// Until it is killed.
await once(process.stdin, 'end');
