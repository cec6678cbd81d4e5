/** What a module of the user's own is known by, which words of its metrics count, and that no metric changes what is measured. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, expect, it } from 'vitest';
import { planSweep } from '../../src/index.ts';
import { ResultsLayout } from '../../src/files/paths.ts';
import { metricsOf, quantityOf } from '../../src/metrics/index.ts';
import { loadModule } from '../../src/own/load.ts';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import { planTrials } from '../../src/plan-sweep.ts';
import { recordSweep } from '../support/recorded-sweep.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'own-modules-'));
  return () => rmSync(folder, { recursive: true });
});

function write(file: string, text: string): string {
  const place = path.join(folder, file);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, text);
  return place;
}

const metric = (more = ''): string =>
  `{ name: 'm', description: 'd', unit: 'u', goal: 'minimize', of: ({ kl }) => kl, ${more} }`;
const likelihood = (more = '', nats = 'tf.sum(tf.square(tf.sub(x, o)), 1)'): string =>
  `{ name: 't', nats: (tf, o, x, { weights }) => ${nats}, mean: (tf, o) => o, outputBias: (means) => [...means], ${more} }`;

type Loaded = Partial<Record<'hash' | 'code' | 'message', string>>;

/** What a process of its own makes of modules: here vite resolves what they import. */
function loadedByNode(places: readonly string[]): Loaded[] {
  const load = pathToFileURL(path.join(import.meta.dirname, '../../src/own/load.ts')).href;
  const script = `import { loadModule } from ${JSON.stringify(load)};
    const told = ({ code, message }) => ({ code, message });
    const loaded = await Promise.all(${JSON.stringify(places)}.map((place) => loadModule(place).catch(told)));
    console.log(JSON.stringify(loaded));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' }),
  ) as Loaded[];
}

/** A package of this version in a folder's `node_modules`. */
function install(where: string, version: string): void {
  write(`${where}/node_modules/@a/scale/package.json`, JSON.stringify({ name: '@a/scale', version, main: 'scale.js' }));
  write(`${where}/node_modules/@a/scale/scale.js`, 'exports.scale = 2;');
}

it('is known by the versions of the packages that it imports, and by its text alone without any', () => {
  const text = `import { scale } from '@a/scale';\nimport { join } from 'node:path';\nexport default ${metric("label: join('l', String(scale))")};\n`;
  for (const [where, version] of [
    ['one', '1.0.0'],
    ['same', '1.0.0'],
    ['other', '1.0.1'],
  ] as const)
    install(where, version);
  const files = ['one', 'same', 'other'].map((where) => write(`${where}/m.mjs`, text));
  const plain = ['a.mjs', 'b.mjs'].map((file) => write(file, `export default ${metric()};\n`));
  const [one, same, other, ...alone] = loadedByNode([...files, ...plain]);
  expect(one).toMatchObject({ metrics: [{ label: 'l/2' }] });
  expect(same!.hash).toBe(one!.hash);
  expect(other!.hash).not.toBe(one!.hash);
  expect(alone[0]!.hash).toBe(alone[1]!.hash);
  expect(alone[0]!.hash).toBe(createHash('sha256').update(readFileSync(plain[0]!)).digest('hex').slice(0, 16));
});

it('imports no other file of its own', () => {
  const imports = {
    path: "import { k } from './lib.mjs';",
    alias: "import { k } from '#lib';",
    itself: "import { k } from 'mine/lib';",
    linked: "import { k } from 'linked';",
    required:
      "import { createRequire } from 'node:module';\nconst { k } = createRequire(import.meta.url)('./lib.cjs');",
  };
  const manifest = { name: 'mine', imports: { '#lib': './lib.mjs' }, exports: { './lib': './lib.mjs' } };
  write('package.json', JSON.stringify(manifest));
  for (const file of ['lib.mjs', 'far/index.mjs']) write(file, 'export const k = 1;');
  write('lib.cjs', 'exports.k = 1;');
  write('far/package.json', JSON.stringify({ name: 'linked', exports: './index.mjs' }));
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync('../far', path.join(folder, 'node_modules/linked'));
  const places = Object.entries(imports).map(([name, imported]) =>
    write(`${name}.mjs`, `${imported}\nexport default ${metric('decimals: k')};\n`),
  );
  const refused = loadedByNode(places);
  expect(refused.map(({ code }) => code)).toEqual(places.map(() => 'DEFINITION'));
  expect(refused.map(({ message }) => /can't be loaded: it imports (\S+), a file/.exec(message ?? '')?.[1])).toEqual([
    ...['./lib.mjs', '#lib', 'mine/lib', 'linked', './lib.cjs'],
  ]);
});

it('the words of the present plan count, whatever a metric of that name said before', async () => {
  const sweep = (version: string): string =>
    `name: s\ndataset: { name: sprites-mini, train: 64, validation: 32 }\nuse: [${version}]\ntrain: { epochs: 1 }\n`;
  await recordSweep(
    folder,
    sweep(write('old.mjs', `export default ${metric("label: 'old', decimals: 1").replace('minimize', 'maximize')};`)),
  );
  await recordSweep(folder, sweep(write('new.mjs', `export default ${metric("label: 'new', decimals: 4")};`)));
  const model = openReadModel(new ResultsLayout(path.join(folder, 'results')));
  expect(model.snapshot('s')!.outside).toHaveLength(1);
  expect(quantityOf('val/m')).toMatchObject({ goal: 'minimize', label: 'new', decimals: 4 });
  // Read again, after those of another sweep.
  await recordSweep(folder, sweep(path.join(folder, 'old.mjs')).replace('name: s', 'name: other'));
  expect(model.snapshot('other')!.trials).toHaveLength(1);
  expect(quantityOf('val/m').label).toBe('old');
  model.snapshot('s');
  expect(quantityOf('val/m').label).toBe('new');
  model[Symbol.dispose]();
});

it('a metric that sorts its sums changes them for nobody else', async () => {
  const sorting = `{ ...${metric()}, name: 'sorted', of: ({ sums }) => sums.kl.sort()[0] / sums.images }`;
  const first = `{ ...${metric()}, name: 'first', of: ({ sums }) => sums.kl[0] / sums.images }`;
  const { metrics } = await loadModule(write('m.mjs', `export default [${sorting}, ${first}];`));
  const sums = {
    images: 2,
    reconstruction: 8,
    kl: Float64Array.of(6, 2),
    mean: Float64Array.of(0, 0),
    meanSquare: Float64Array.of(1, 1),
  };
  const values = metricsOf('val', { reconstruction: 4, kl: 4, penalty: 4, sums }, metrics);
  expect(values).toMatchObject({ 'val/sorted': 1, 'val/first': 3 });
  expect(sums.kl).toEqual(Float64Array.of(6, 2));
});

const planned = async (definition: string, more = '', file = 'm.mjs') => {
  const use = write(file, `export default ${definition};\n`);
  const text = `name: s\ndataset: sprites-mini\nuse: [${use}]\nparameters: { likelihood: t${more} }\n`;
  return planSweep({ text });
};

it('a likelihood is tried on images of the data’s size, and may be of that size alone', async () => {
  const weights = "weights: [{ name: 'likelihood.shift', shape: [1024], initial: () => 0 }]";
  const nats = "tf.sum(tf.square(tf.sub(x, tf.add(o, weights['likelihood.shift']))), 1)";
  expect((await planned(likelihood(weights, nats))).warnings).toEqual([]);
  const blocks = 'tf.sum(tf.square(tf.reshape(tf.sub(x, o), [-1, 32, 32])), [1, 2])';
  expect((await planned(likelihood('', blocks), '', 'blocks.mjs')).warnings).toEqual([]);
});

it('a likelihood of one’s own may have a decoder that is told labels', async () => {
  const { trials } = await planned(likelihood(), ', condition: label', 'told.mjs');
  expect(trials[0]!.config.dataset.labels?.names).toContain('heart');
});

it('a likelihood that is not asked for is not run', async () => {
  const other = likelihood("name: 'u', outputChannels: () => { throw new Error('asked'); }");
  expect((await planned(`[${likelihood()}, { ...${other}, name: 'u' }]`, '', 'two.mjs')).warnings.join()).not.toContain(
    '`u`',
  );
  const use = write('alone.mjs', `export default { ...${other}, name: 'u' };`);
  const { warnings } = await planSweep({ text: `name: s\ndataset: sprites-mini\nuse: [${use}]\n` });
  expect(warnings.join()).toContain('the likelihood `u` is not used');
});

it('a search learns nothing from another text of a likelihood, and says why', async () => {
  const text = (use: string): string => `name: first
dataset: { name: sprites-mini, train: 64, validation: 32 }
use: [${use}]
parameters: { likelihood: t, hidden: [8], beta: { min: 0.25, max: 16, scale: log } }
train: { epochs: 1 }
search: sobol
trials: 4
`;
  const shared = likelihood("family: 'gaussian'");
  await recordSweep(folder, text(write('old.mjs', `export default ${shared};`)));
  const next = text(write('new.mjs', `export default ${shared}; // other`))
    .replace('name: first', 'name: next')
    .replace('sobol', 'tpe\nlearn_from: [first]');
  const options = { specFile: 'next.yaml', specText: next, overrides: [], resultsDir: path.join(folder, 'results') };
  await expect(planTrials(options)).rejects.toThrow("of its 4 configurations 4 with other definitions of one's own");
});
