import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { RedisServer } from '../../fixtures/redis-server.ts';
import { findAgents } from '../../../src/run/run-on-agents.ts';
import { systemClock } from '../../../src/scheduler/clock.ts';
import { runSweep } from '../../../src/sweep.ts';
import type { Bench, BenchCase, Measurement } from '../bench-case.ts';
import { interleave } from '../interleave.ts';
import { PeerProcess } from '../peer-process.ts';

const SLOTS = 8;
const BUSY_SLOTS = 64;

export const benchCase: BenchCase = {
  name: 'agents',
  measures:
    'Trials that do nothing but report one epoch of 9 metrics, through a real Redis to an agent whose device process has 8 ' +
    'slots, scheduled and durably recorded as ever: from the first dispatch to the last end. Optuna: 8 processes on one ' +
    'journal. The first dispatch: from the call of runSweep, an agent waiting. The coordinator: its processor time as a ' +
    'share of a core while 64 slots report an epoch a second each.',
  peer: 'Optuna, 8 processes on its journal storage, random sampler',

  async run(bench) {
    const [ours, peers] = bench.quick ? [80, 16] : [2000, 400];
    const folder = await bench.temporaryFolder();
    const redis = await RedisServer.start();
    const peer = new PeerProcess('no_op_processes.py', { folder, processes: SLOTS });
    const agent = await startAgent(redis.url, 'no-op', SLOTS);
    try {
      await peer.answer();
      const firstMs: number[] = [];
      const pairs = await interleave(
        bench.quick ? 2 : 5,
        async (pair) => {
          const { rate, dispatchedMs } = await sweepOf(folder, `no-op-${pair}`, ours, 1, redis.url);
          firstMs.push(dispatchedMs);
          return rate;
        },
        async () => peers / ((await peer.ask({ trials: peers })) as { seconds: number }).seconds,
      );
      await end(agent);
      const busy = await coordinatorShare(bench, folder, redis.url);
      const rate = { figure: 'ours', sense: 'at least', minimum: 300, aim: 1000 } as const;
      const faster = { figure: 'ours/peer', sense: 'at least', minimum: 10, aim: 20 } as const;
      const soon = { figure: 'ours', sense: 'at most', minimum: 1000, aim: 300 } as const;
      const row = { unit: '/s', ...pairs, notes: [`ours ran ${ours} trials a time, Optuna ${peers}`] };
      const alone = { peer: [], notes: [] };
      const measurements: Measurement[] = [
        { what: 'no-op trials on 8 agent slots', ...row, target: rate },
        { what: 'no-op trials on 8 agent slots beside Optuna', ...row, target: faster },
        { what: 'first dispatch, an agent waiting', unit: 'ms', ours: firstMs, ...alone, target: soon },
        {
          what: 'coordinator CPU, 64 agent slots',
          unit: '%',
          ours: busy,
          ...alone,
          target: { figure: 'ours', sense: 'at most', minimum: 5, aim: 3 },
        },
      ];
      return measurements;
    } finally {
      if (agent.connected) agent.disconnect();
      await peer.close();
      await redis[Symbol.asyncDispose]();
    }
  },
};

let sweeps = 0;

async function startAgent(url: string, kind: 'no-op' | 'busy', slots: number): Promise<ChildProcess> {
  const agent = fork(fileURLToPath(new URL('../workers/agent.ts', import.meta.url)), [url, kind, String(slots)]);
  await once(agent, 'message');
  return agent;
}

async function end(agent: ChildProcess): Promise<void> {
  agent.send('end');
  await once(agent, 'exit');
}

async function sweepOf(
  folder: string,
  name: string,
  trials: number,
  epochs: number,
  url: string,
  onEpoch: () => void = () => undefined,
): Promise<{ readonly rate: number; readonly dispatchedMs: number }> {
  const spec = {
    ...{ name, dataset: 'sprites-mini', parameters: { beta: { min: 0, max: 4 } } },
    // Of its own, since trials that another sweep has done are not done again.
    ...{ search: 'random', trials, search_seed: ++sweeps, train: { epochs } },
  };
  const specFile = path.join(folder, `${name}.yaml`);
  await writeFile(specFile, JSON.stringify(spec));
  mkdirSync(path.join(folder, 'results'), { recursive: true });
  const startedMs = performance.now();
  let firstMs = NaN;
  let lastMs = NaN;
  const { counts } = await runSweep(
    { specFile, overrides: [], resultsDir: path.join(folder, 'results'), device: 'cpu' },
    ({ type }) => {
      if (type === 'dispatched' && Number.isNaN(firstMs)) firstMs = performance.now();
      if (type === 'epoch') onEpoch();
      if (type === 'finished') lastMs = performance.now();
    },
    { clock: systemClock, findDevices: () => findAgents({ url }) },
  );
  if (counts.completed !== trials) throw new Error(`${counts.completed} of ${trials} no-op trials are completed`);
  return { rate: (1000 * trials) / (lastMs - firstMs), dispatchedMs: firstMs - startedMs };
}

/** In this process, which does nothing else meanwhile: from the first epoch to the last. */
async function coordinatorShare(bench: Bench, folder: string, url: string): Promise<number[]> {
  const agent = await startAgent(url, 'busy', BUSY_SLOTS);
  const shares: number[] = [];
  for (let i = 0; i < (bench.quick ? 1 : 3); i++) {
    let first: { readonly atMs: number; readonly cpu: NodeJS.CpuUsage } | undefined;
    let share = NaN;
    await sweepOf(folder, `busy-${i}`, BUSY_SLOTS, bench.quick ? 3 : 15, url, () => {
      first ??= { atMs: performance.now(), cpu: process.cpuUsage() };
      const { user, system } = process.cpuUsage(first.cpu);
      share = (user + system) / 10 / (performance.now() - first.atMs);
    });
    shares.push(share);
  }
  await end(agent);
  return shares;
}
