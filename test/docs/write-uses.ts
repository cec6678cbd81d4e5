/**
 * Runs what docs/uses.md and docs/uses-table.md show, word for word, and writes the outputs and pictures of this run into them:
 * `npm run uses [-- FOLDER]`. Needs Debian's python3-sklearn, python3-pandas and python3-pil (or an interpreter with them,
 * named by BENCH_PYTHON), and MNIST, which is looked for in SWEEP_DATA, else downloaded. FOLDER keeps what was made;
 * without it, it is removed.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from './markdown.ts';
import { runPage } from './run-page.ts';

const PAGES = ['uses.md', 'uses-table.md'] as const;

const [kept] = process.argv.slice(2);
const folder = kept ?? mkdtempSync(path.join(tmpdir(), 'sweep-uses-'));
mkdirSync(folder, { recursive: true });
try {
  for (const page of PAGES) {
    const file = path.join(ROOT, 'docs', page);
    const startedMs = performance.now();
    const markdown = runPage(readFileSync(file, 'utf8'), folder, (command) => process.stderr.write(`$ ${command}\n`));
    writeFileSync(file, markdown);
    for (const [, name] of markdown.matchAll(/\(pictures\/uses-([\w-]+\.png)\)/g)) {
      copyFileSync(path.join(folder, name!), path.join(ROOT, 'docs/pictures', `uses-${name}`));
    }
    process.stderr.write(`docs/${page}: ${((performance.now() - startedMs) / 60_000).toFixed(1)} minutes\n`);
  }
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true });
}
