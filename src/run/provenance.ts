/** What a run is: which program, on what, of which commit. Found without loading what trains. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { STDIN } from '../files/paths.ts';
import { versionOf } from '../package-version.ts';
import type { Provenance } from '../store/read-model.ts';

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

/** A large repository must not delay a run: what takes longer than this is not known. */
const GIT_TIMEOUT_MS = 2_000;

/** What Git itself looks for, at a hundredth of the time that its processes take. `folder` is absolute, without links. */
function mayBeInRepository(folder: string): boolean {
  if (process.env['GIT_DIR'] !== undefined || existsSync(path.join(folder, '.git'))) return true;
  const above = path.dirname(folder);
  return above !== folder && mayBeInRepository(above);
}

/**
 * Null where there is no Git, no repository or no commit. `changes`: a hash of what `git diff` and `git status` say. Takes
 * no lock that a command of the user's might meet, and runs no program that the user has for diffs.
 */
async function gitState(folder: string): Promise<Provenance['git']> {
  const git = async (...args: string[]): Promise<string> => {
    const options = { cwd: folder, timeout: GIT_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024, encoding: 'utf8' } as const;
    return (await promisify(execFile)('git', ['--no-optional-locks', ...args], options)).stdout;
  };
  try {
    if (!mayBeInRepository(realpathSync(folder))) return null;
    const [commit, status, diff] = await Promise.all([
      git('rev-parse', '--verify', 'HEAD'),
      git('status', '--porcelain'),
      git('diff', '--no-ext-diff', '--no-textconv', 'HEAD'),
    ]);
    const changes = status === '' ? null : createHash('sha256').update(status).update(diff).digest('hex').slice(0, 12);
    return { commit: commit.trim(), changes };
  } catch {
    return null;
  }
}
