#!/usr/bin/env node
// The command's entry: plain JavaScript that any Node understands, so that a wrong version is told in one sentence.
// Nothing but Node's own is imported before that check; better-sqlite3 would end an old Node with a segmentation fault.
import { constants } from 'node:os';

// At once, since Node answers this signal by opening its inspector. It ends any command that has no better answer.
process.on('SIGUSR1', () => {
  if (process.listenerCount('SIGUSR1') === 1) process.exit(128 + constants.signals.SIGUSR1);
});

const OLDEST = [22, 18];
const [major, minor] = process.versions.node.split('.').map(Number);
const isTooOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);

if (isTooOld) {
  process.stderr.write(
    `sweep needs Node ${OLDEST.join('.')} or newer and this is Node ${process.versions.node}: ` +
      'install a newer one (https://nodejs.org), or run it in its checkout by `node_modules/.bin/sweep`, which `npm ci` makes and which has its own.\n',
  );
  process.exitCode = 2;
} else if (process.argv.includes('--version', 2) || ['-v', '-V'].includes(process.argv[2])) {
  const { readFileSync } = await import('node:fs');
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`${version}\n`);
} else {
  await keepCompiled();
  // Node strips no types under node_modules: the installed package carries compiled JavaScript.
  const isInstalled = import.meta.url.includes('/node_modules/');
  const { main } = await import(isInstalled ? '../../dist/src/cli/main.js' : './main.ts');
  process.exitCode = await main(process.argv.slice(2));
}

/**
 * What is compiled, and of what types were stripped, is kept for the next command, and by the environment for device
 * processes and their threads, where Node keeps it by default.
 */
async function keepCompiled() {
  const { enableCompileCache } = await import('node:module');
  const { tmpdir } = await import('node:os');
  const folder = `${tmpdir()}/node-compile-cache`;
  if (!(await isFolder(folder))) return;
  enableCompileCache(folder);
  process.env.NODE_COMPILE_CACHE ??= folder;
}

/** Makes it where there is none. Node would make its parents, too, and spin where that can't be done (TMPDIR=/proc). */
async function isFolder(folder) {
  const { mkdirSync } = await import('node:fs');
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    return error.code === 'EEXIST';
  }
}
