import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where a program is on the PATH of `env`, whoever may run it. */
export function findProgram(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env['PATH'] ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}
