import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkerModules } from './device-protocol.ts';

/** `.ts` in a checkout, `.js` in the published package. */
const extension = path.extname(import.meta.url);

function moduleUrl(relative: string): string {
  return new URL(relative + extension, import.meta.url).href;
}

export const DEVICE_ENTRY = fileURLToPath(moduleUrl('../../workers/device'));

export const WORKER_MODULES: WorkerModules = {
  thread: moduleUrl('../../workers/trial'),
  engine: moduleUrl('../engine/load'),
  trial: moduleUrl('../training/run-trial'),
};
