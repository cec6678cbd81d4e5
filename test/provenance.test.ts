/** What a run says of the repository that its spec lies in. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findProvenance } from '../src/run/provenance.ts';
import { temporaryFolder } from './cli/support.ts';

function repository() {
  const folder = temporaryFolder();
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim();
  git('init', '--quiet');
  const spec = path.join(folder, 'spec.yaml');
  writeFileSync(spec, 'name: a\n');
  git('add', '.');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '--quiet', '-m', 'a');
  return { folder, spec, git };
}

test('the commit, and a hash of what is not in it', async () => {
  const { spec, git } = repository();
  const commit = git('rev-parse', 'HEAD');
  expect((await findProvenance(spec)).git).toEqual({ commit, changes: null });
  writeFileSync(spec, 'name: b\n');
  const { git: changed } = await findProvenance(spec);
  expect(changed).toEqual({ commit, changes: expect.stringMatching(/^[0-9a-f]{12}$/) as string });
  writeFileSync(spec, 'name: c\n');
  expect((await findProvenance(spec)).git!.changes).not.toBe(changed!.changes);
});

test('no program for diffs runs, and a lock of Git is no matter', async () => {
  const { folder, spec, git } = repository();
  const mark = path.join(folder, 'mark');
  git('config', 'diff.external', `touch ${mark}; true`);
  writeFileSync(path.join(folder, '.git', 'index.lock'), '');
  writeFileSync(spec, 'name: b\n');
  expect((await findProvenance(spec)).git!.changes).toMatch(/^[0-9a-f]{12}$/);
  expect(existsSync(mark)).toBe(false);
});

test('a spec in a folder below is of the repository, by a link as well; one beside it is of none', async () => {
  const { folder, git } = repository();
  mkdirSync(path.join(folder, 'a', 'b'), { recursive: true });
  const elsewhere = temporaryFolder();
  symlinkSync(path.join(folder, 'a', 'b'), path.join(elsewhere, 'link'));
  const commit = git('rev-parse', 'HEAD');
  for (const spec of [path.join(folder, 'a', 'b', 'spec.yaml'), path.join(elsewhere, 'link', 'spec.yaml')]) {
    expect((await findProvenance(spec)).git).toMatchObject({ commit });
  }
  expect((await findProvenance(path.join(elsewhere, 'spec.yaml'))).git).toBeNull();
});
