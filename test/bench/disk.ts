import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { median } from 'simple-statistics';

/** What this disk asks for making 4 KiB durable: the lower bound of any durable commit. Milliseconds, median. */
export function syncMs(folder: string): number {
  const file = openSync(path.join(folder, 'sync-probe'), 'w');
  const block = Buffer.alloc(4096);
  const samples = Array.from({ length: 50 }, () => {
    const startedMs = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    return performance.now() - startedMs;
  });
  closeSync(file);
  return median(samples);
}
