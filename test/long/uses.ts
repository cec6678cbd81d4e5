/**
 * What docs/uses.md and docs/uses-table.md say, against scikit-learn on the latents and scores that were made for them:
 * `npm run uses -- FOLDER`, then `npm run test:uses -- FOLDER`. Needs what the first needs.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { PEER_PYTHON } from '../bench/peer-process.ts';
import { ROOT } from '../docs/markdown.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('npm run test:uses -- FOLDER, the one that `npm run uses -- FOLDER` has kept\n');
  process.exit(2);
}
const script = path.join(import.meta.dirname, 'uses.py');
const { status } = spawnSync(PEER_PYTHON, [script, folder, path.join(ROOT, 'docs')], { stdio: 'inherit' });
process.exitCode = status ?? 1;
