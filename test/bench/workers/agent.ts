/**
 * An agent whose trials compute nothing: `agent.ts URL no-op SLOTS` has a real device process, `agent.ts URL busy SLOTS` none,
 * and trials that tell as much as real ones do, an epoch a second. Ends at a message, or with its parent.
 */
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { discoverDevices } from '../../../src/executor/devices.ts';
import type { Executor } from '../../../src/executor/executor.ts';
import { startLocalExecutor } from '../../../src/executor/local-executor.ts';
import { versionOf } from '../../../src/package-version.ts';
import { Agent } from '../../../src/queue/agent.ts';
import { jobPreparer } from '../../../src/queue/prepare-job.ts';
import { anotherConnection, connectRedis } from '../../../src/queue/redis.ts';
import { epochRecord } from '../recorded-sweep.ts';

const [url = '', kind, slots = '1'] = process.argv.slice(2);
const redis = await connectRedis({ url });
const agent = new Agent({
  redis,
  reader: anotherConnection(redis),
  name: 'bench',
  version: versionOf('..'),
  executor: kind === 'busy' ? busyExecutor(Number(slots)) : await noOpExecutor(Number(slots)),
  prepare: jobPreparer({}),
  workFolder: mkdtempSync(path.join(os.tmpdir(), 'bench-agent-')),
  onLog: (message) => process.stderr.write(`${message}\n`),
});
process.on('disconnect', () => process.exit());
process.on('message', () => agent.drain());
await agent.run(() => process.send?.('ready'));
process.exit();

async function noOpExecutor(slots: number): Promise<Executor> {
  const { devices } = await discoverDevices({ request: 'cpu', slots });
  return startLocalExecutor({
    devices,
    onLog: () => undefined,
    modules: {
      engine: new URL('no-op-engine.ts', import.meta.url).href,
      trial: new URL('no-op-trial.ts', import.meta.url).href,
    },
  });
}

function busyExecutor(slots: number): Executor {
  let busy = 0;
  return {
    capacity: slots,
    get devices() {
      return [{ label: 'cpu', slots, busy, healthy: true, pid: null }];
    },
    onCapacityChange: undefined,
    run(job, onEvent) {
      onEvent({ type: 'placed', device: 'cpu' });
      if (job.kind === 'test') {
        const tested = { kind: 'tested', metrics: { 'test/elbo': -100 } } as const;
        return { outcome: Promise.resolve(tested), stop: () => undefined };
      }
      busy++;
      const { promise: outcome, resolve } = Promise.withResolvers<Awaited<ReturnType<Executor['run']>['outcome']>>();
      onEvent({ type: 'started', engine: { engine: 'compiled', provider: 'cpu' }, bitClass: 'toy', history: [] });
      let halves = 0;
      const timer = setInterval(() => {
        halves++;
        const epoch = Math.ceil(halves / 2);
        onEvent({ type: 'progress', epoch, fraction: 0.5, imagesPerSecond: 1000 });
        if (halves % 2 === 0) onEvent({ type: 'epoch', record: epochRecord(epoch, -100) });
        if (epoch < job.config.train.epochs || halves % 2 === 1) return;
        end({
          kind: 'completed',
          summary: {
            bestEpoch: 1,
            epochs: epoch,
            metrics: epochRecord(1, -100).metrics,
            klPerDimension: [1],
            trainableWeights: 1,
          },
        });
      }, 500);
      const end = (how: Awaited<typeof outcome>): void => {
        clearInterval(timer);
        busy--;
        resolve(how);
      };
      return { outcome, stop: (reason) => end({ kind: 'stopped', reason }) };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
