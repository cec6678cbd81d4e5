/** What Linux tells of a process. */
import { readFileSync } from 'node:fs';

/** The kernel's unit of CPU time towards programs, on every architecture. */
const TICKS_PER_SECOND = 100;

/** CPU time of all threads of a process so far, in seconds. */
export function cpuSeconds(pid: number): number {
  // The name, second field, may hold spaces; it ends with the last parenthesis. utime and stime are fields 14 and 15.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** `VmHWM`: the most physical memory the process ever had. `VmRSS`: what it has now. In MB of 10⁶ bytes. */
export function memoryMb(pid: number, field: 'VmHWM' | 'VmRSS'): number {
  const kibibytes = new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kibibytes) * 1024) / 1e6;
}
