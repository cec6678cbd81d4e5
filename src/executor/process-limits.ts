/** What this process and those it starts may use: the limits of `ulimit`, which batch systems set. */
import { readdirSync, readFileSync } from 'node:fs';

/** As `/proc/self/limits` names them. */
export type LimitName = 'Max address space' | 'Max data size' | 'Max file size' | 'Max open files' | 'Max processes';

/** The soft limit; Infinity where there is none, or where the system doesn't tell. */
export function processLimit(name: LimitName): number {
  const value = new RegExp(`^${name} +(\\d+)`, 'm').exec(readOrNothing('/proc/self/limits'))?.[1];
  return value === undefined ? Infinity : Number(value);
}

/** How many more threads this process and those it starts may have: the system counts all of this user's. */
export function threadsLeft(): number {
  const limit = processLimit('Max processes');
  // Nothing that a machine can hold comes near, and root is not limited.
  if (limit === Infinity || isPrivileged()) return Infinity;
  const user = process.getuid?.();
  let used = 0;
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const status = readOrNothing(`/proc/${pid}/status`);
    if (Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]) === user) used += Number(/^Threads:\s+(\d+)/m.exec(status)?.[1]);
  }
  return Math.max(0, limit - used);
}

/** By the capabilities SYS_ADMIN (21) and SYS_RESOURCE (24), either of which lifts the limit. */
function isPrivileged(): boolean {
  const capabilities = BigInt(`0x${/^CapEff:\s+(\w+)/m.exec(readOrNothing('/proc/self/status'))?.[1] ?? '0'}`);
  return process.getuid?.() === 0 || (capabilities & ((1n << 21n) | (1n << 24n))) !== 0n;
}

/** Empty where there is no such file, as on systems other than Linux, or for a process that has just ended. */
function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
