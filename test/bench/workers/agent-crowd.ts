/** Many agents in one process, whose trials wait: `agent-crowd.ts URL AGENTS SECONDS PREFIX`. Ends with its parent. */
import os from 'node:os';
import type { Executor } from '../../../src/executor/executor.ts';
import { versionOf } from '../../../src/package-version.ts';
import { Agent } from '../../../src/queue/agent.ts';
import { jobPreparer } from '../../../src/queue/prepare-job.ts';
import { anotherConnection, connectRedis } from '../../../src/queue/redis.ts';
import { epochRecord } from '../recorded-sweep.ts';

const [url = '', agents = '1', seconds = '1', prefix = 'a'] = process.argv.slice(2);
const prepare = jobPreparer({});
process.on('disconnect', () => process.exit());
let ready = 0;
for (let i = 0; i < Number(agents); i++) {
  const redis = await connectRedis({ url });
  const agent = new Agent({
    ...{ redis, reader: anotherConnection(redis), prepare },
    name: `${prefix}-${i}`,
    version: versionOf('..'),
    executor: waitingExecutor(),
    workFolder: os.tmpdir(),
    onLog: (message) => process.stderr.write(`${message}\n`),
  });
  void agent.run(() => {
    if (++ready === Number(agents)) process.send?.('ready');
  });
}

function waitingExecutor(): Executor {
  let busy = 0;
  return {
    capacity: 1,
    get devices() {
      return [{ label: 'cpu', slots: 1, busy, healthy: true, pid: null }];
    },
    onCapacityChange: undefined,
    run(job, onEvent) {
      onEvent({ type: 'placed', device: 'cpu' });
      if (job.kind === 'test') {
        const tested = { kind: 'tested', metrics: { 'test/elbo': -100 } } as const;
        return { outcome: Promise.resolve(tested), stop: () => undefined };
      }
      busy++;
      onEvent({ type: 'started', engine: { engine: 'compiled', provider: 'cpu' }, bitClass: 'none', history: [] });
      const { promise: outcome, resolve } = Promise.withResolvers<Awaited<ReturnType<Executor['run']>['outcome']>>();
      const end = (how: Awaited<typeof outcome>): void => {
        clearTimeout(timer);
        busy--;
        resolve(how);
      };
      const timer = setTimeout(
        () => {
          const record = epochRecord(1, -100);
          onEvent({ type: 'epoch', record });
          const summary = {
            bestEpoch: 1,
            epochs: 1,
            metrics: record.metrics,
            klPerDimension: [1],
            trainableWeights: 1,
          };
          end({ kind: 'completed', summary });
        },
        1000 * Number(seconds),
      );
      return { outcome, stop: (reason) => end({ kind: 'stopped', reason }) };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
