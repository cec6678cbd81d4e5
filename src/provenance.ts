/** What a run is: which program, on what, of which commit. Found without loading what trains. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { STDIN } from './files/paths.ts';
import type { Provenance } from './store/read-model.ts';

/** Of the Git repository of the spec's folder, or of the present one where the spec lies in no file. */
export async function findProvenance(specFile: string): Promise<Provenance> {
  const folder = specFile === STDIN ? '.' : path.dirname(specFile);
  return {
    host: os.hostname(),
    versions: {
      'vae-sweep': versionOf('..'),
      node: process.versions.node,
      'onnxruntime-node': versionOf('onnxruntime-node'),
    },
    platform: `${process.platform}-${process.arch}`,
    processor: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    git: await gitState(folder),
  };
}

function versionOf(packageName: string): string {
  const file = findPackageJSON(packageName, import.meta.url);
  if (file === undefined) return 'unknown';
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** A large repository must not delay a run: what takes longer than this is not known. */
const GIT_TIMEOUT_MS = 2_000;

/** What Git itself looks for, at a hundredth of the time that its processes take. */
function mayBeInRepository(folder: string): boolean {
  if (process.env['GIT_DIR'] !== undefined) return true;
  const above = path.dirname(path.resolve(folder));
  return existsSync(path.join(folder, '.git')) || (above !== path.resolve(folder) && mayBeInRepository(above));
}

/** Null where there is no Git, no repository or no commit. `changes`: a hash of what `git diff` and `git status` say. */
async function gitState(folder: string): Promise<Provenance['git']> {
  if (!mayBeInRepository(folder)) return null;
  const git = async (...args: string[]): Promise<string> => {
    const options = { cwd: folder, timeout: GIT_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024, encoding: 'utf8' } as const;
    return (await promisify(execFile)('git', args, options)).stdout;
  };
  try {
    const [commit, status, diff] = await Promise.all([
      git('rev-parse', '--verify', 'HEAD'),
      git('status', '--porcelain'),
      git('diff', 'HEAD'),
    ]);
    const changes = status === '' ? null : createHash('sha256').update(status).update(diff).digest('hex').slice(0, 12);
    return { commit: commit.trim(), changes };
  } catch {
    return null;
  }
}
