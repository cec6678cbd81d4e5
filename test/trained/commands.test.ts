/** `sweep encode`, `decode`, `generate`, `score` and `export --format onnx` on a sweep that was trained. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decode as decodePng, encode as encodePng } from 'fast-png';
import { expect, test } from 'vitest';
import { bytesOf, npzEntry, type NpyArray } from '../../src/data/npz-writer.ts';
import { npyHeader, MOST_HEADER_BYTES } from '../../src/data/own/numpy/npy-header.ts';
import { readEntry, zipEntries } from '../../src/data/own/numpy/zip.ts';
import { zipChunks } from '../../src/files/zip-writer.ts';
import { loadModel, openResults } from '../../src/index.ts';
import { ANSWERS } from '../../schemas/answers.ts';
import { arraysIn, whole } from '../support/arrays-in.ts';
import { command } from '../support/command.ts';
import { startCli, temporaryFolder, writeSpec } from '../cli/support.ts';
import { trainedSweep } from '../cli/trained-sweep.ts';

const IMAGE = 32 * 32;

async function tiny() {
  const { folder, layout } = await trainedSweep();
  const sweep = (...args: string[]) => command(...args, '--results', layout.root);
  const done = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await sweep(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };
  const results = openResults(layout.root);
  const { id, metrics } = results.best('tiny').trial;
  results.close();
  return { folder, layout, sweep, done, id, metrics, file: (name: string) => path.join(folder, name) };
}

function floats(bytes: Buffer): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

async function writeNpz(file: string, arrays: NpyArray[]): Promise<void> {
  writeFileSync(file, await whole(zipChunks(arrays.map(npzEntry))));
}

const table = (name: string, rows: number, columns: number, value = 0.5): NpyArray => {
  return {
    name,
    type: '<f4',
    shape: [rows, columns],
    read: () => [bytesOf(new Float32Array(rows * columns).fill(value))],
  };
};

test('encoded and decoded again, images are the reconstructions that the trial kept', async () => {
  const { done, layout, id, file } = await tiny();
  expect(await done('encode', 'best', '--split', 'validation', '-o', file('z.npz'))).toContain('64 validation images');
  const { mu, logvar, index, label } = await arraysIn(file('z.npz'));
  expect([mu, logvar].map((array) => array!.length)).toEqual([64 * 2 * 4, 64 * 2 * 4]);
  expect([index!.length, label!.length % (64 * 4)]).toEqual([64 * 8, 0]);
  await done('decode', id, '--data', file('z.npz'), '-o', file('x.npz'));
  const { images } = await arraysIn(file('x.npz'));
  const kept = decodePng(readFileSync(layout.files('tiny', id).path('reconstructions')));
  for (let i = 0; i < 16; i++) {
    for (let y = 0; y < 32; y++) {
      const at = (36 + y) * kept.width + 2 + 34 * i;
      const row = images!.subarray(i * IMAGE + 32 * y, i * IMAGE + 32 * (y + 1));
      expect([...row]).toEqual([...kept.data.subarray(at, at + 32)]);
    }
  }
});

test('over the split that a trial was evaluated on, scores come to the metrics on record', async () => {
  const { done, metrics, file } = await tiny();
  for (const [split, name] of [
    ['test', 'test'],
    ['validation', 'val'],
  ] as const) {
    const args = ['score', 'tiny', '--split', split, '-o', file('s.csv'), '--worst', file('w.png'), '--json'];
    const summary = JSON.parse(await done(...args)) as Record<string, number>;
    for (const term of ['elbo', 'reconstruction', 'kl']) {
      expect(summary[term]).toBeCloseTo(metrics[`${name}/${term}`]!, 9);
    }
    const rows = readFileSync(file('s.csv'), 'utf8').trim().split('\n').slice(1);
    expect(rows).toHaveLength(summary['samples']!);
    const elbos = rows.map((row) => Number(row.split(',')[2]));
    expect(elbos).toEqual(elbos.toSorted((a, b) => a - b));
    // 4 rows of 12 images, each above its reconstruction.
    expect(decodePng(readFileSync(file('w.png'))).height).toBe(8 * 34 + 2);
  }
});

test('a seed gives the same draws, however many; a picture and an archive show the same', async () => {
  const { done, file } = await tiny();
  const images = async (...args: string[]): Promise<Buffer> => {
    await done('generate', 'best', ...args, '-o', file('g.npz'));
    return (await arraysIn(file('g.npz')))['images']!;
  };
  const some = await images('--count', '3', '--seed', '1');
  const more = await images('--count', '200', '--seed', '1');
  expect(more.subarray(0, 3 * IMAGE).equals(some)).toBe(true);
  expect((await images('--count', '3')).equals(some)).toBe(false);
  await done('generate', 'best', '--count', '3', '--seed', '1', '-o', file('g.png'));
  const sheet = decodePng(readFileSync(file('g.png')));
  expect([...sheet.data.subarray(2 * sheet.width + 2, 2 * sheet.width + 34)]).toEqual([...some.subarray(0, 32)]);
});

test('drawn from the likelihood, images are black and white, each by its own place and seed', async () => {
  const { done, layout, id, file } = await tiny();
  const images = async (...args: string[]): Promise<Buffer> => {
    await done('generate', 'best', ...args, '-o', file('d.npz'));
    return (await arraysIn(file('d.npz')))['images']!;
  };
  const some = await images('--draw', '--count', '3', '--seed', '1');
  const more = await images('--draw', '--count', '300', '--seed', '1');
  expect(new Set(more)).toEqual(new Set([0, 255]));
  expect(more.subarray(0, 3 * IMAGE).equals(some)).toBe(true);
  expect((await images('--draw', '--count', '3')).equals(some)).toBe(false);
  const means = await images('--count', '300', '--seed', '1');
  const mean = (bytes: Buffer): number => bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length;
  // 300 × 1,024 draws of a variance of at most 1/4, in units of 255.
  expect(Math.abs(mean(more) - mean(means))).toBeLessThan((4 * 127.5) / Math.sqrt(more.length));
  const told = await done('generate', id, '--draw', '--count', '3', '--seed', '1', '-o', file('d.png'));
  expect(told).toContain('3 images drawn from p(x|z) at draws of the prior, seed 1');
  expect(told).toContain('Each a draw from p(x|z).');
  expect(told).toContain('--seed 1 --draw -o samples.npz');
  const sheet = decodePng(readFileSync(file('d.png')));
  expect([...sheet.data.subarray(2 * sheet.width + 2, 2 * sheet.width + 34)]).toEqual([...some.subarray(0, 32)]);
  const model = await loadModel(id, { results: layout.root });
  const drawn = await model.sample(300, 1, { draw: true });
  expect(Uint8Array.from(drawn, (value) => 255 * value)).toEqual(Uint8Array.from(more));
});

test('a program has the same numbers', async () => {
  const { done, layout, id, file } = await tiny();
  const model = await loadModel('best', { sweep: 'tiny', results: layout.root });
  expect(model).toMatchObject({ trial: id, height: 32, width: 32, channels: 1, latentDim: 2 });
  await done('generate', id, '--count', '300', '-o', file('g.npz'));
  const { images } = await arraysIn(file('g.npz'));
  const drawn = await model.sample(300);
  expect(Uint8Array.from(drawn, (value) => Math.round(255 * value))).toEqual(Uint8Array.from(images!));
  await done('encode', id, '--data', file('g.npz'), '-o', file('z.npz'));
  const { mu, logvar } = await arraysIn(file('z.npz'));
  expect(await model.encode(images!)).toEqual({ mean: floats(mu!), logVariance: floats(logvar!) });
  const { elbo, reconstruction, kl } = await model.elbo(images!);
  const summary = JSON.parse(await done('score', id, '--data', file('g.npz'), '--json')) as { elbo: number };
  expect(elbo.reduce((sum, value) => sum + value, 0) / 300).toBeCloseTo(summary.elbo, 9);
  expect(elbo.every((value, i) => value + reconstruction[i]! + kl[i]! === 0)).toBe(true);
  await expect(model.encode(new Uint8Array(100))).rejects.toThrow('100 numbers are no multiple of 1024');
});

test('JSON answers are as their schemas say', async () => {
  const { done, file } = await tiny();
  const commands: Record<string, string[]> = {
    encode: ['-o', file('z.npz')],
    decode: ['--data', file('z.npz'), '-o', file('x.png')],
    generate: ['-o', file('y.npz')],
    score: ['--normal', 'heart,square'],
  };
  for (const [name, args] of Object.entries(commands)) {
    const answer = JSON.parse(await done(name, 'best', ...args, '--json')) as unknown;
    expect(ANSWERS[name]!.parse(answer)).toEqual(answer);
  }
  for (const [more, draws] of [
    [[], false],
    [['--draw'], true],
  ] as const) {
    const answer = JSON.parse(await done('generate', 'best', ...more, '-o', file('y.npz'), '--json')) as unknown;
    expect(answer).toMatchObject({ draws });
  }
});

test('own images: paths, folders as labels, what is normal; drawn bits are those of the evaluation', async () => {
  const folder = temporaryFolder();
  for (let i = 0; i < 60; i++) {
    const kind = i % 6 === 0 ? 'odd' : 'good';
    mkdirSync(path.join(folder, 'faces', kind), { recursive: true });
    const data = Uint8Array.from({ length: 64 }, (_, p) => (kind === 'odd' ? 251 * p * i : 40 + p + i) % 256);
    writeFileSync(path.join(folder, 'faces', kind, `${i}.png`), encodePng({ width: 8, height: 8, channels: 1, data }));
  }
  const spec = `name: own
dataset: { path: ./faces, binarization: static }
parameters: { hidden: [8], latent_dim: 2 }
train: { epochs: 2, batch_size: 16 }
`;
  const sweep = (...args: string[]) => command(...args, '--results', path.join(folder, 'results'), '--quiet');
  expect((await sweep('run', writeSpec(folder, spec), '--device', 'cpu', '--slots', '1')).code).toBe(0);
  const faces = path.join(folder, 'faces');
  const own = JSON.parse((await sweep('score', 'own', '--json')).stdout) as { elbo: number; samples: number };
  const { stdout } = await sweep('show', 'best', '--json');
  const { best } = JSON.parse(stdout) as { best: { metrics: Record<string, number> } };
  expect(own.samples).toBe(6);
  expect(own.elbo).toBeCloseTo(best.metrics['test/elbo']!, 9);
  const given = await sweep('score', 'own', '--data', faces, '--normal', 'good', '--json');
  const { anomalies, worst } = JSON.parse(given.stdout) as {
    anomalies: { others: number; auroc: number };
    worst: { path: string; label: string }[];
  };
  expect(anomalies).toMatchObject({ others: 10, normal: ['good'] });
  expect(anomalies.auroc).toBeGreaterThan(0.5);
  expect(worst[0]!.path.startsWith(`${worst[0]!.label}/`)).toBe(true);
  const none = await sweep('score', 'own', '--data', faces, '--normal', 'god');
  expect(none).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean `good`? Labels: good, odd.') as string,
  });
});

test('what can’t be done is refused before anything is written, with place, reason and fix', async () => {
  const { folder, layout, sweep, id, file } = await tiny();
  await writeNpz(file('wide.npz'), [table('mu', 3, 5)]);
  await writeNpz(file('nan.npz'), [table('mu', 3, 2, NaN)]);
  await writeNpz(file('two.npz'), [table('a', 3, 2), table('b', 3, 2)]);
  await writeNpz(file('small.npz'), [
    { ...table('x', 1, 1), type: '|u1', shape: [4, 8, 8], read: () => [new Uint8Array(256)] },
  ]);
  mkdirSync(file('sets/mnist'), { recursive: true });
  mkdirSync(file('mixed'));
  for (const width of [8, 9]) {
    const png = encodePng({ width, height: 8, channels: 1, data: new Uint8Array(8 * width) });
    writeFileSync(file(`mixed/${width}.png`), png);
  }
  const before = readdirSync(folder).sort();
  const out = file('out.npz');
  const cases: [number, string, string[]][] = [
    [2, 'Name a file: sweep encode TRIAL -o', ['encode', 'best']],
    [2, 'this writes .npz. Name such a file', ['encode', 'best', '-o', file('x.csv')]],
    [2, 'there is no folder', ['encode', 'best', '-o', file('nowhere/x.npz')]],
    [2, 'Did you mean `sprites-mini`?', ['encode', 'best', '--data', 'sprites-mni', '-o', out]],
    [
      2,
      'grey, of 8×8 pixels, and the trial trained on ones that are grey, of 32×32',
      ['score', id, '--data', file('small.npz')],
    ],
    [2, 'or train with `dataset: { path: …, size: 32 }`', ['score', id, '--data', file('mixed')]],
    [2, 'Which latents?', ['decode', id, '-o', out]],
    [2, '(mu): it is an array of 3 × 5. The trial has 2', ['decode', id, '--data', file('wide.npz'), '-o', out]],
    [2, '(mu): row 0, column 0 (counted from 0) is NaN', ['decode', id, '--data', file('nan.npz'), '-o', out]],
    [2, 'several: a, b', ['decode', id, '--data', file('two.npz'), '-o', out]],
    [2, '--count takes a whole number', ['generate', id, '--count', '0', '-o', out]],
    [2, 'A picture holds 65,536 images', ['generate', id, '--count', '1000000', '-o', file('x.png')]],
    [2, 'an archive of', ['generate', id, '--count', '5000000', '-o', out]],
    [2, 'trained models are used on the processor', ['score', id, '--device', 'gpu']],
    [2, 'best tiny', ['score', id, 'tiny']],
    [2, 'Here --data names images; data sets are looked for in', ['score', id, '--data', file('sets')]],
    [4, 'No sweep is called `nope`', ['score', 'nope']],
    [2, 'a file of the results themselves', ['score', id, '-o', layout.database]],
    [2, 'writes a folder', ['export', id, '--format', 'onnx']],
    [2, '--where has no meaning', ['export', id, '--format', 'onnx', '-o', out, '--where', 'beta=1']],
  ];
  for (const [code, text, args] of cases) {
    const ended = await sweep(...args);
    expect({ args, code: ended.code, stdout: ended.stdout }).toEqual({ args, code, stdout: '' });
    expect(ended.stderr).toContain(text);
  }
  rmSync(layout.files('tiny', id).path('weights'));
  expect(await sweep('encode', id, '-o', out)).toMatchObject({
    code: 4,
    stderr: expect.stringContaining(
      `is missing. \`sweep run SPEC --again ${id} --results ${layout.root}\` trains`,
    ) as string,
  });
  expect(readdirSync(folder).sort()).toEqual(before);
});

test('a signal ends long work between two pieces, and leaves nothing behind', async () => {
  const { layout, id } = await tiny();
  const folder = temporaryFolder();
  const args = ['generate', id, '--count', '3000000', '-o', path.join(folder, 'g.npz'), '--results', layout.root];
  const { child, ended, output } = startCli(args);
  await output.until(() => readdirSync(folder).length === 1);
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130, stdout: '' });
  expect(readdirSync(folder)).toEqual([]);
});

test('a model is exported as a folder that is whole', async () => {
  const { done, sweep, id, file } = await tiny();
  expect(await done('export', 'best', 'tiny', '--format', 'onnx', '-o', file('model'))).toContain(
    `trial ${id} of tiny`,
  );
  const files = readdirSync(file('model')).sort();
  expect(files).toEqual(['check.npz', 'decoder.onnx', 'encoder.onnx', 'load.html', 'load.py', 'vae.onnx']);
  expect(npyHeader('', (await headOf(file('model/check.npz'))).subarray(0, MOST_HEADER_BYTES)).dimensions).toEqual([
    8, 32, 32, 1,
  ]);
  expect(await sweep('export', id, '--format', 'onnx', '-o', file('model'))).toMatchObject({ code: 2 });
  expect(existsSync(file('model/encoder.onnx'))).toBe(true);
});

async function headOf(file: string): Promise<Buffer> {
  const [first] = await zipEntries(file);
  return whole(readEntry(file, first!));
}
