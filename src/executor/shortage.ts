import { processLimit, threadsLeft } from './process-limits.ts';

/** Of a process of Node without any work, and of its pool for files, which a device starts before it trains. */
const THREADS_OF_A_PROCESS = 7 + 4;
/** Libraries, database, pipes, and the files of a trial or two. */
const FILES_OF_A_PROCESS = 64;

/**
 * What the system's limits leave too little of for device processes with so many slots each, with the fix; undefined where
 * there is enough. Asked before a process is started: without its threads one aborts without a word, or hangs.
 */
export function shortage(slots: readonly number[]): string | undefined {
  const files = processLimit('Max open files');
  if (files < FILES_OF_A_PROCESS) {
    return (
      `a process may have no more than ${files} files open at a time, and needs ${FILES_OF_A_PROCESS}. ` +
      // The soft limit is there already: Node has raised it.
      'This is the hard limit (`ulimit -Hn`), which root raises: limits.conf, LimitNOFILE= or docker run --ulimit nofile=1024'
    );
  }
  const forSlots = (counts: readonly number[]): number =>
    counts.reduce((sum, count) => sum + THREADS_OF_A_PROCESS + count, 0);
  const needed = forSlots(slots);
  const left = threadsLeft();
  if (left >= needed) return undefined;
  return (
    `this user may have no more than ${processLimit('Max processes')} processes and threads at a time, of which ` +
    `${left} are free, and ${needed} are needed. Raise the limit (\`ulimit -u\`)` +
    (left >= forSlots(slots.map(() => 1)) ? ', end other programs, or give fewer --slots' : ' or end other programs')
  );
}
