import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { processCpuWatch } from '../src/run/process-cpu.ts';

test.skipIf(process.platform !== 'linux')('counts this process, and those it started once they have ended', () => {
  const taken = processCpuWatch();
  const before = process.cpuUsage();
  const work = `for (let x = 0; process.cpuUsage().user < 3e5; ) for (let i = 0; i < 1e6; i++) x += Math.sqrt(i);
    process.kill(process.pid, 'SIGKILL');`;
  spawnSync(process.execPath, ['-e', work]);
  const { user, system } = process.cpuUsage(before);
  // In steps of 10 ms.
  expect(taken()! - (user + system) / 1e6).toBeGreaterThanOrEqual(0.29);
});
