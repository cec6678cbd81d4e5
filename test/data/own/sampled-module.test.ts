import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { examineOwn } from '../../../src/data/own/examine-own.ts';
import { examineImages } from '../../../src/data/own/examine.ts';
import { openOwn } from '../../../src/data/own/open-images.ts';
import { isModule, sampledFile } from '../../../src/data/own/sampled-module.ts';
import { ProcessOutput } from '../../support/started-process.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { npy } from './write.ts';

/** A module of this text, and what is made of it. */
async function place(text: string, name = 'samples.ts') {
  const folder = await temporaryFolder();
  const [module, cacheDir] = [path.join(folder, name), path.join(folder, 'cache')];
  await writeFile(module, text);
  return { folder, module, cacheDir, sampled: () => sampledFile(module, cacheDir) };
}

const IMAGES = `
import { appendFileSync } from 'node:fs';
type Side = number;
const side: Side = 2;
export default {
  height: side, width: side, channels: 3,
  async *samples() {
    appendFileSync(new URL('runs', import.meta.url), 'x');
    for (let i = 0; i < 20; i++) yield { values: Array.from({ length: 12 }, (_, p) => 10 * i + p), label: i % 2 ? 'odd' : 'even' };
  },
};`;

it('a module is run once, and what it yields is the same data as a file of it', async () => {
  const { folder, module, cacheDir, sampled } = await place(IMAGES);
  const file = await sampled();
  expect(path.basename(file)).toBe('samples.ts.npz');
  expect(await sampled()).toBe(file);
  expect(await readFile(path.join(folder, 'runs'), 'utf8')).toBe('x');
  const facts = await examineImages(file, { cacheDir });
  const pixels = Uint8Array.from({ length: 240 }, (_, i) => 10 * Math.floor(i / 12) + (i % 12));
  const other = path.join(folder, 'images.npy');
  await writeFile(other, npy([20, 2, 2, 3], pixels));
  expect(facts.fingerprint).toBe((await examineImages(other, { cacheDir })).fingerprint);
  expect(facts.labels).toMatchObject({
    counts: [
      ['even', 10],
      ['odd', 10],
    ],
  });

  // Another text is another data set, and the earlier one stays until nothing has used it for a month.
  await writeFile(module, IMAGES.replace('10 * i', '11 * i'));
  const changed = await sampled();
  expect(changed).not.toBe(file);
  expect((await examineImages(changed, { cacheDir })).fingerprint).not.toBe(facts.fingerprint);
  expect(await readFile(path.join(folder, 'runs'), 'utf8')).toBe('xx');
  expect((await examineImages(file, { cacheDir })).fingerprint).toBe(facts.fingerprint);
  const monthAgo = new Date(Date.now() - 31 * 86_400_000);
  await utimes(path.dirname(file), monthAgo, monthAgo);
  expect(await sampled()).toBe(changed);
  expect(existsSync(file)).toBe(false);
});

it('a change that fails leaves what was yielded before it, to be read again', async () => {
  const { folder, module, sampled } = await place(IMAGES);
  const file = await sampled();
  const kept = await readFile(file);
  await writeFile(module, IMAGES.replace('10 * i', 'NaN'));
  await expect(sampled()).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
  await writeFile(module, IMAGES);
  expect(await sampled()).toBe(file);
  expect(await readFile(file)).toEqual(kept);
  expect(await readFile(path.join(folder, 'runs'), 'utf8')).toBe('xx');
});

it('what a process leaves that is killed goes at the next run; what a running one writes stays', async () => {
  const text = `export default { columns: 1, async *samples() {
    yield [1];
    if (process.env.SAMPLES_WAIT) { console.log('yielded'); await new Promise(() => setInterval(() => 0, 1e6)); }
    yield [2]; yield [3];
  } };`;
  const { module, cacheDir, sampled } = await place(text);
  const program = `import { sampledFile } from ${JSON.stringify(path.resolve('src/data/own/sampled-module.ts'))};
    await sampledFile(${JSON.stringify(module)}, ${JSON.stringify(cacheDir)});`;
  const started = async () => {
    const options = { env: { ...process.env, SAMPLES_WAIT: '1' } };
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], options);
    onTestFinished(() => void child.kill('SIGKILL'));
    const output = new ProcessOutput(child);
    await output.line();
    return { child, ended: output.ended };
  };
  const left = async () => {
    const names = await readdir(path.join(cacheDir, 'modules'), { recursive: true });
    return names.filter((name) => name.endsWith('.tmp')).length;
  };
  const [killed, running] = [await started(), await started()];
  expect(await left()).toBe(2);
  killed.child.kill('SIGKILL');
  await killed.ended;
  await sampled();
  expect(await left()).toBe(1);
  running.child.kill('SIGKILL');
  await running.ended;
  await sampled();
  expect(await left()).toBe(0);
});

it('rows of numbers are a table, without labels a .npy', async () => {
  const { cacheDir, sampled } = await place(
    'export default { columns: 2, samples: () => Array.from({ length: 9 }, (_, i) => [i / 3, -i]) };',
    'rows.js',
  );
  const file = await sampled();
  expect(path.basename(file)).toBe('rows.js.npy');
  expect(await examineImages(file, { cacheDir })).toMatchObject({ isReal: true, images: 9, width: 2, least: -8 });
  expect(await openOwn(file)).toMatchObject({ rows: 9, columns: 2 });
});

it.each([
  ['no text of a program', 'export default {', /samples\.ts can't be loaded: /],
  [
    'without samples',
    'export default { height: 2, width: 2 };',
    /default export has no function `samples`\. Write export/,
  ],
  ['without a shape', 'export default { height: 2, samples: () => [] };', /neither the `height` and `width`/],
  [
    'a sample too short',
    'export default { columns: 2, samples: () => [[1, 2], [3]] };',
    /sample 1 \(counted from 0\) has 1 value, and its shape says 2/,
  ],
  [
    'no bytes',
    'export default { height: 1, width: 2, samples: () => [[0, 0.5]] };',
    /value 1 of sample 0 .* is 0\.5, and pixels are whole .*Math\.round/,
  ],
  ['no samples', 'export default { columns: 1, samples: () => [] };', /samples\.ts: samples\(\) yields nothing/],
  ['nothing in place of a sample', 'export default { columns: 1, samples: () => [null] };', /sample 0 .* is no array/],
  ['a label alone', 'export default { columns: 1, samples: () => [{ label: 3 }] };', /sample 0 .* is no array/],
  [
    'NaN',
    'export default { columns: 1, samples: () => [[1], [NaN]] };',
    /samples\.ts: value 0 of sample 1 .* is NaN, and/,
  ],
  [
    'a text',
    'export default { columns: 1, samples: () => [["1"]] };',
    /value 0 of sample 0 .* is "1", and rows are of/,
  ],
  [
    'a label that is an object',
    'export default { columns: 1, samples: () => [{ values: [1], label: {} }] };',
    /the label of sample 0 .* is no text and no number/,
  ],
  [
    'some labels',
    'export default { columns: 1, samples: () => [[1], { values: [2], label: 1 }] };',
    /1 sample of 2 have no label/,
  ],
  [
    'a program that fails',
    'export default { columns: 1, *samples() { yield [1]; throw new Error("no more"); } };',
    /samples\(\) failed after 1 sample: no more/,
  ],
])('%s is refused by what is wrong, and leaves nothing', async (_what, text, message) => {
  const { cacheDir, sampled } = await place(text);
  await expect(sampled()).rejects.toMatchObject({
    code: 'DATA_CORRUPT',
    message: expect.stringMatching(message) as string,
  });
  const left = await readdir(path.join(cacheDir, 'modules'), { recursive: true }).catch(() => []);
  expect(left.filter((name) => path.extname(name) !== '' && !name.includes('-'))).toEqual([]);
});

it('what is wrong with all of it is said of the module, not of the file that keeps it', async () => {
  const { module, cacheDir } = await place('export default { columns: 1, samples: () => [[1], [1.5]] };');
  await expect(examineOwn(module, { cacheDir })).rejects.toMatchObject({
    code: 'DATA_CORRUPT',
    message: expect.stringContaining(`${module}: there are 2 rows in it`) as string,
  });
});

it('it is known by its name', () => {
  const names = ['a.ts', 'b.mts', 'c.JS', 'd.cjs', 'e.npy', 'f', 'g.tsx'];
  expect(names.filter(isModule)).toEqual(['a.ts', 'b.mts', 'c.JS', 'd.cjs']);
});
