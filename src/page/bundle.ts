/** Bundles the page's script and styles to dist/page: `npm run page`, and whenever npm installs or packs the project. */
import path from 'node:path';
import { build } from 'esbuild';

const client = path.join(import.meta.dirname, 'client');

await build({
  entryPoints: { page: path.join(client, 'main.ts'), 'page-styles': path.join(client, 'page.css') },
  outdir: path.join(import.meta.dirname, '../../dist/page'),
  entryNames: '[name]',
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['es2023', 'chrome123', 'firefox120', 'safari17.5'],
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
});
