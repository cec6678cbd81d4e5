import { spawnSync, type SpawnSyncOptions, type SpawnSyncReturns } from 'node:child_process';

/** As vitest.config.ts has it for tests: that limit can't end what blocks this process. */
const LIMIT_MS = 240_000;

/** Runs a program to its end, and kills one that comes to none. */
export function runProgram(
  file: string,
  args: readonly string[],
  options: SpawnSyncOptions = {},
): SpawnSyncReturns<string> {
  return spawnSync(file, args, { ...options, encoding: 'utf8', timeout: LIMIT_MS, killSignal: 'SIGKILL' });
}
