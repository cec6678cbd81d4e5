import { readFileSync } from 'node:fs';

/**
 * Starts now. Each call tells the seconds of processors, user and system, that this process has taken since, with those of
 * the processes it started that have ended, however they ended; null where the system doesn't tell of these, as only Linux
 * does.
 */
export function processCpuWatch(): () => number | null {
  const started = cpuSeconds();
  return () => {
    const now = cpuSeconds();
    return now === null || started === null ? null : now - started;
  };
}

function cpuSeconds(): number | null {
  const { user, system } = process.cpuUsage();
  const ended = endedChildrenSeconds();
  return ended === null ? null : (user + system) / 1e6 + ended;
}

/** So many Linux counts a second for every program, whatever its kernel does. */
const TICKS_PER_SECOND = 100;

/** Of proc(5)'s `stat`, `cutime` and `cstime`. */
function endedChildrenSeconds(): number | null {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // The third field and those after it: the second is the name, which may have spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[13]) + Number(fields[14]);
    return Number.isFinite(ticks) ? ticks / TICKS_PER_SECOND : null;
  } catch {
    return null;
  }
}
