/** Every spec in the documents is one: `sweep plan` takes it, and has nothing to warn of. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { planTrials } from '../../src/plan-sweep.ts';
import { onlyIn, PARAMETERS } from '../../src/model/parameters.ts';
import { fencedBlocks, MARKDOWN_FILES, ROOT } from './markdown.ts';
import { npy } from '../data/own/write.ts';
import { exampleOf } from './parameter-example.ts';

/** Blocks of other programs' YAML are marked `yml`. */
const BLOCKS = MARKDOWN_FILES.flatMap((file) =>
  fencedBlocks(readFileSync(path.join(ROOT, file), 'utf8'))
    .filter(({ language }) => language === 'yaml')
    .map(({ text, line }) => ({ place: `${file}:${line}`, text })),
);

/** Data of one's own that they name: `./faces`, and what docs/uses.md and docs/uses-table.md make before. */
const dataDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-specs-'));
const fixtures = path.join(ROOT, 'test/data/own/fixtures');
for (const name of readdirSync(fixtures)) symlinkSync(path.join(fixtures, name), path.join(dataDir, name));
const pixels = Uint8Array.from({ length: 30_000 * 4 }, (_, place) => (place >> 2) >> (8 * (place & 3)));
writeFileSync(path.join(dataDir, 'no-4.npz'), npy([30_000, 2, 2], pixels));
writeFileSync(path.join(dataDir, 'normal.csv'), Array.from({ length: 100 }, (_, row) => `${row}\n`).join(''));
const species = Array.from({ length: 100 }, (_, row) => `${row},${row % 2 === 0 ? 'setosa' : 'virginica'}\n`);
writeFileSync(path.join(dataDir, 'iris.csv'), ['length,species\n', ...species].join(''));
// Modules of one's own, as docs/own-model.md has them.
for (const { text } of fencedBlocks(readFileSync(path.join(ROOT, 'docs/own-model.md'), 'utf8'))) {
  const [, name] = /^\/\/ ([\w-]+\.ts)\n/.exec(text) ?? [];
  if (name !== undefined) writeFileSync(path.join(dataDir, name), text);
}
afterAll(() => rmSync(dataDir, { recursive: true }));

/** A part of a spec, with what every spec needs. */
function completed(text: string): string {
  const has = (key: string): boolean => new RegExp(`^${key}:`, 'm').test(text);
  return [...(has('name') ? [] : ['name: part']), ...(has('dataset') ? [] : ['dataset: sprites-mini']), text].join(
    '\n',
  );
}

async function planned(text: string): Promise<readonly unknown[]> {
  const { trials, warnings } = await planTrials({
    ...{
      specFile: 'spec.yaml',
      specText: completed(text).replace(/^use:.*$/m, (line) => line.replaceAll('./', `${dataDir}/`)),
    },
    ...{ overrides: [], dataDir },
  });
  expect(warnings).toEqual([]);
  return trials;
}

it.each(BLOCKS)('the spec at $place', async ({ text }) => {
  expect((await planned(text)).length).toBeGreaterThan(0);
});

it('whole specs are among them, of each document for people who come from elsewhere', () => {
  const whole = BLOCKS.filter(({ text }) => /^name:/m.test(text)).map(({ place }) => place.split(':', 1)[0]);
  expect(whole).toEqual(
    expect.arrayContaining(['README.md', 'docs/from-optuna.md', 'docs/from-ray-tune.md', 'docs/from-wandb.md']),
  );
});

/** Some parameters are there only beside some values of another, and some likelihoods for images with grey. */
it.each(PARAMETERS.map((parameter) => ({ example: exampleOf(parameter), name: parameter.name })))(
  'the line that shows a parameter as choices: $example',
  async ({ example, name }) => {
    const only = onlyIn(name);
    const owner = only ? `, ${only.parameter}: ${'values' in only ? only.values[0]! : only.example}` : '';
    const counts = new Map([['likelihood', 1]]);
    // Of counts, which no images are.
    const shown = example.replace(', poisson, negative_binomial', '');
    expect(
      (await planned(`dataset: fashion-mnist\ntrain: { epochs: 20 }\nparameters: { ${shown}${owner} }`)).length,
    ).toBeGreaterThanOrEqual(counts.get(name) ?? 2);
  },
);
