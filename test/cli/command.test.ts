/** The command as a shell finds it: src/cli/sweep, by the link that `npm ci` makes. */
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runProgram } from '../support/run-program.ts';
import { temporaryFolder, writeSpec } from './support.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMMAND = path.join(ROOT, 'src/cli/sweep');

interface Manifest {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;

/** A PATH whose `node` is none that could run the command. */
function pathWithOldNode(): string {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'node'), '#!/bin/sh\necho "the system’s Node" >&2\nexit 9\n');
  chmodSync(path.join(folder, 'node'), 0o755);
  return `${folder}:/usr/bin:/bin`;
}

it('issue 10, line 12: whatever Node the system has, the link runs on the one of the checkout, and says nothing else', () => {
  const checkout = temporaryFolder();
  cpSync(COMMAND, path.join(checkout, 'src/cli/sweep'));
  cpSync(path.join(ROOT, 'src/cli/bin.js'), path.join(checkout, 'src/cli/bin.js'));
  writeFileSync(path.join(checkout, 'package.json'), '{ "type": "module", "version": "9.8.7" }');
  mkdirSync(path.join(checkout, 'node_modules/node/bin'), { recursive: true });
  symlinkSync(process.execPath, path.join(checkout, 'node_modules/node/bin/node'));
  // As `npm ci` does.
  const linking = runProgram('sh', ['-c', manifest.scripts['link']!], { cwd: checkout });
  expect(linking).toMatchObject({ status: 0, stderr: '' });
  const ended = runProgram(path.join(checkout, 'node_modules/.bin/sweep'), ['--version'], {
    cwd: '/',
    env: { PATH: pathWithOldNode() },
  });
  expect(ended).toMatchObject({ status: 0, stdout: '9.8.7\n', stderr: '' });
});

it('issue 10, line 19: 2 GB of address space are enough to plan', () => {
  const folder = temporaryFolder();
  const script = 'ulimit -v 2097152 && exec "$0" "$@"';
  const ended = runProgram('sh', ['-c', script, COMMAND, 'plan', writeSpec(folder), '--results', folder]);
  expect(ended).toMatchObject({ status: 0, stderr: '' });
});
