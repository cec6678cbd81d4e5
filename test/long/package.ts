/**
 * The package as its users get it: packed, installed into empty folders, and both examples run there, with the types
 * checked and the output compared with docs/program.md, times aside. Takes minutes; npm takes what it can from its cache.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, conclude } from './checks.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SHOWN = readFileSync(path.join(ROOT, 'docs/program.md'), 'utf8');
const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-package-'));

function run(cwd: string, command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** An example in a folder of its own, with the tarball as its package. */
function install(example: string, tarball: string): string {
  const place = path.join(folder, example);
  cpSync(path.join(ROOT, 'examples', example), place, { recursive: true });
  const manifest = path.join(place, 'package.json');
  const own = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, unknown>;
  writeFileSync(manifest, JSON.stringify({ ...own, devDependencies: {} }));
  run(place, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', tarball);
  return place;
}

/** The document shows it after the command that prints it. */
function compare(shown: string, output: string): void {
  const timeless = (text: string): string => text.replace(/\d+\.\d s$/gm, '… s');
  check(
    `docs/program.md shows what ${shown} prints`,
    timeless(SHOWN).includes(timeless(`$ ${shown}\n${output}`)),
    output,
  );
}

run(ROOT, 'npm', 'pack', '--loglevel=error', '--pack-destination', folder);
const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
const tarball = path.join(folder, `vae-sweep-${version}.tgz`);

const plain = install('plain-js', tarball);
check(
  'docs/program.md shows examples/plain-js/beta.js',
  SHOWN.includes(readFileSync(path.join(plain, 'beta.js'), 'utf8')),
);
compare('node beta.js', run(plain, process.execPath, 'beta.js'));
check(
  'docs/program.md shows examples/plain-js/winner.js',
  SHOWN.includes(readFileSync(path.join(plain, 'winner.js'), 'utf8')),
);
compare('node winner.js', run(plain, process.execPath, 'winner.js'));
const ownData = readFileSync(path.join(plain, 'own-data.js'), 'utf8');
check('docs/program.md shows examples/plain-js/own-data.js', SHOWN.includes(ownData));
compare('node own-data.js', run(plain, process.execPath, 'own-data.js'));

// The modules and the spec of docs/own-model.md: Node strips types in this folder, and `vae-sweep` is the installed one's.
const ownModel = readFileSync(path.join(ROOT, 'docs/own-model.md'), 'utf8');
const modules = [...ownModel.matchAll(/```\w+\n((?:\/\/|#) (\S+)\n[^]*?)```/g)].map(
  ([, text, name]) => [name!, text!] as const,
);
for (const [name, text] of modules) writeFileSync(path.join(plain, name), text);
const ownRun = run(plain, 'npx', 'sweep', 'run', 'own.yaml', '--device', 'cpu', '--quiet', '--json');
check('a likelihood and a metric of docs/own-model.md train', /"completed":2\b/.test(ownRun), ownRun);
const trials = JSON.parse(run(plain, 'npx', 'sweep', 'export', 'own', '--format', 'json')) as {
  readonly trial: string;
  readonly params: Readonly<Record<string, unknown>>;
}[];
const { trial } = trials.find(({ params }) => params['likelihood'] === 'student_t')!;
const drawn = run(plain, 'npx', 'sweep', 'generate', trial, '--draw', '-o', 'drawn.npz', '--json');
check('and are drawn from', drawn.includes('"draws":true'), drawn);

const typed = install('typescript', tarball);
for (const [name, text] of modules) if (name.endsWith('.ts')) writeFileSync(path.join(typed, name), text);
// @types/node comes with protobufjs; the compiler is the checkout's.
const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
run(typed, process.execPath, tsc);
run(typed, process.execPath, tsc, '--module', 'esnext', '--moduleResolution', 'bundler');
compare('node beta.ts', run(typed, process.execPath, 'beta.ts'));

const report = run(plain, 'npx', 'sweep', 'report', 'beta', '--best', '1');
check('npx sweep report tells of the same sweep', report.includes('6/6 trials completed'), report);
conclude(folder);
