import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from '../support/run-program.ts';
import { BIN, temporaryFolder } from './support.ts';

const run = (args: readonly string[]) => runProgram(process.execPath, args);

/** Makes this Node claim another version before the command starts. */
const claiming = (version: string) => [
  '--import',
  `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}})`,
];

it.each(['20.20.2', '22.17.1', '18.0.0'])('tells Node %s in one sentence what it needs, and exits 2', (version) => {
  const { status, stdout, stderr } = run([...claiming(version), BIN, 'status']);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^sweep needs Node 22\.18 or newer and this is Node \d+\.\d+\.\d+: .+\n$/);
  expect(stderr).toContain(version);
});

it.each(['22.18.0', '23.0.0', '24.1.0'])('takes Node %s', (version) => {
  expect(run([...claiming(version), BIN, '--help']).status).toBe(0);
});

it('prints the version from package.json without anything else being there', () => {
  const folder = temporaryFolder();
  cpSync(BIN, path.join(folder, 'src/cli/bin.js'));
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module", "version": "9.8.7" }');
  const { status, stdout } = run([path.join(folder, 'src/cli/bin.js'), '--version']);
  expect({ status, stdout }).toEqual({ status: 0, stdout: '9.8.7\n' });
});

it('prints the version of this package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(run([BIN, '--version']).stdout).toBe(`${version}\n`);
});

it('runs the compiled JavaScript when the package is installed', () => {
  const root = path.join(temporaryFolder(), 'node_modules/vae-sweep');
  cpSync(BIN, path.join(root, 'src/cli/bin.js'));
  mkdirSync(path.join(root, 'dist/src/cli'), { recursive: true });
  writeFileSync(path.join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    path.join(root, 'dist/src/cli/main.js'),
    'export async function main(argv) { console.log(`compiled ${argv}`); return 7; }',
  );
  const { status, stdout } = run([path.join(root, 'src/cli/bin.js'), 'report', '--best']);
  expect({ status, stdout }).toEqual({ status: 7, stdout: 'compiled report,--best\n' });
});
