/**
 * How far one coordinator reaches: a real scheduler, store and Redis, and agents that do everything but train. Says what a
 * trial costs the coordinator, how deep boxes get, what Redis holds. `npm run test:scale [-- TRIALS AGENTS SECONDS]`
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ResultsLayout } from '../../src/files/paths.ts';
import { connectRedis } from '../../src/queue/redis.ts';
import { findAgents } from '../../src/run/run-on-agents.ts';
import { systemClock } from '../../src/scheduler/clock.ts';
import { runSweep } from '../../src/sweep.ts';
import { RedisServer } from '../fixtures/redis-server.ts';
import { check, conclude, note, query } from './checks.ts';

const PROCESSES = 4;
const [trials = 100_000, agents = 1_000, seconds = 2] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-scale-'));
const redis = await RedisServer.start();
const crowd = fileURLToPath(new URL('../bench/workers/agent-crowd.ts', import.meta.url));
const processes = Array.from({ length: PROCESSES }, (_, i) =>
  fork(crowd, [redis.url, String(Math.ceil(agents / PROCESSES)), String(seconds), `p${i}`]),
);
await Promise.all(processes.map((one) => once(one, 'message')));
note(`${agents} agents wait`);

const specFile = path.join(folder, 'scale.yaml');
const spec = {
  name: 'scale',
  dataset: 'sprites-mini',
  parameters: { beta: { min: 0, max: 4 } },
  search: 'random',
  trials,
};
writeFileSync(specFile, JSON.stringify({ ...spec, train: { epochs: 1 } }));

const watcher = await connectRedis({ url: redis.url });
let [mostKeys, mostBytes, deepest] = [0, 0, 0];
const watch = setInterval(() => {
  void (async () => {
    const memory = Number(/used_memory:(\d+)/.exec(await watcher.info('memory'))?.[1]);
    mostBytes = Math.max(mostBytes, memory);
    mostKeys = Math.max(mostKeys, await watcher.dbsize());
    const [, boxes] = await watcher.scan(0, 'MATCH', 'vae-sweep:run:*', 'COUNT', 10_000);
    for (const box of boxes) deepest = Math.max(deepest, await watcher.xlen(box));
  })();
}, 1_000);

let [plannedMs, firstMs, lastMs, ended] = [NaN, NaN, NaN, 0];
let cpuAtFirst = process.cpuUsage();
const startedMs = performance.now();
const result = await runSweep(
  { specFile, overrides: [], resultsDir: folder, device: 'cpu' },
  ({ type }) => {
    const now = performance.now();
    if (type === 'planned') plannedMs = now;
    if (type === 'dispatched' && Number.isNaN(firstMs)) [firstMs, cpuAtFirst] = [now, process.cpuUsage()];
    if (type !== 'finished') return;
    lastMs = now;
    if (++ended % 10_000 === 0) note(`${ended} trials, ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB`);
  },
  { clock: systemClock, findDevices: () => findAgents({ url: redis.url }) },
);
clearInterval(watch);
const { user, system } = process.cpuUsage(cpuAtFirst);
const wallMs = lastMs - firstMs;
check('all trials are completed', result.counts.completed === trials, result.counts);
const [{ n }] = query(folder, `select count(*) as n from attempts where outcome = 'completed'`) as [{ n: number }];
check('each once', n === trials, n);
note(
  `planned after ${Math.round(plannedMs - startedMs)} ms, first dispatch ${Math.round(firstMs - plannedMs)} ms later`,
);
note(
  `${Math.round((1000 * trials) / wallMs)} trials/s; ${Math.round((1000 * agents) / seconds / 1000)} would be the agents' most`,
);
note(
  `coordinator: ${((user + system) / 1000 / trials).toFixed(2)} ms of processor time a trial, ${Math.round((user + system) / 10 / wallMs)} % of a core, ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB`,
);
note(`database: ${Math.round(statSync(new ResultsLayout(folder).database).size / 2 ** 20)} MB`);
note(
  `Redis: at most ${mostKeys} keys, ${Math.round(mostBytes / 2 ** 20)} MB, ${deepest} messages waiting for the coordinator`,
);
watcher.disconnect();
for (const one of processes) one.disconnect();
await redis[Symbol.asyncDispose]();
conclude(folder);
