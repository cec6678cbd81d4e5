import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openWorkFolder } from '../../src/run/work-folder.ts';
import { temporaryFolder } from '../cli/support.ts';
import { ProcessOutput } from '../support/started-process.ts';

/** A process that has a work folder until it is killed. */
async function startOther(parent: string) {
  const module = new URL('../../src/run/work-folder.ts', import.meta.url).href;
  const script = `import(${JSON.stringify(module)}).then(({ openWorkFolder }) => {
    globalThis.kept = openWorkFolder(process.argv[1]);
    console.log(kept.path);
    setInterval(() => undefined, 60_000);
  });`;
  const child = spawn(process.execPath, ['-e', script, parent], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = new ProcessOutput(child);
  const folder = await output.line();
  // It was made a while ago.
  utimesSync(path.join(folder, 'lock'), 1, 1);
  return { child, ended: output.ended, folder };
}

test('folders of agents that were killed are removed, and no others', async () => {
  const parent = temporaryFolder();
  const [alive, killed] = await Promise.all([startOther(parent), startOther(parent)]);
  killed.child.kill('SIGKILL');
  await killed.ended;
  mkdirSync(path.join(killed.folder, 'run-1'));
  writeFileSync(path.join(killed.folder, 'run-1', 'checkpoint'), 'x');
  // Of an earlier version, or of a program of the same name.
  mkdirSync(path.join(parent, 'sweep-agent-other'));
  symlinkSync(alive.folder, path.join(parent, 'sweep-agent-link'));
  using mine = openWorkFolder(parent);
  // Another one in this process.
  utimesSync(path.join(mine.path, 'lock'), 1, 1);
  using second = openWorkFolder(parent);
  expect(existsSync(killed.folder)).toBe(false);
  const kept = [alive.folder, mine.path, second.path].map((folder) => path.basename(folder));
  expect(readdirSync(parent).sort()).toEqual([...kept, 'sweep-agent-link', 'sweep-agent-other'].sort());
});
