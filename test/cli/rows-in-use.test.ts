/** A model of a table, after the sweep: exported to ONNX, and in a program, in the units of the columns. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { InferenceSession, Tensor } from '../../src/engine/compiled/onnx-runtime.ts';
import { loadModel, openResults } from '../../src/index.ts';
import { randomStream } from '../../src/random.ts';
import { differenceOf } from '../../src/trained/export-onnx.ts';
import { command } from '../support/command.ts';
import { arrayIn } from './npz-files.ts';
import { temporaryFolder } from './support.ts';

const ROWS = 120;
const NAMES = ['time', 'share', 'depth', 'site'];

/**
 * Columns of other sizes: one that float32 holds no digit of that varies, a tiny one, a usual one, which hang together, and one that
 * is the same everywhere. */
function table(): number[][] {
  const stream = randomStream(['table']);
  return Array.from({ length: ROWS }, () => {
    const [a, b, c] = stream.fillNormal(new Float32Array(3)) as unknown as [number, number, number];
    return [1.7e9 + 10 * a, 1e-6 * (3 + a + 0.1 * b), 5 + 2 * a + 0.2 * c, 7];
  });
}

function place() {
  const folder = temporaryFolder();
  const at = (name: string) => path.join(folder, name);
  const ok = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await command(...args, '--results', at('results'));
    expect({ code, told: code === 0 ? '' : stderr + stdout }).toEqual({ code: 0, told: '' });
    return stdout;
  };
  const trialsOf = () => {
    using recorded = openResults(at('results'));
    return recorded.sweep().trials;
  };
  return { at, ok, trialsOf, results: at('results') };
}

const floats = (bytes: Buffer): Float32Array => new Float32Array(Uint8Array.from(bytes).buffer);
const doubles = (bytes: Buffer): Float64Array => new Float64Array(Uint8Array.from(bytes).buffer);

it('takes and gives rows in their units: as ONNX files, to 1e-5 of a standard deviation, and in a program', async () => {
  const { at, ok, results } = place();
  const rows = table();
  writeFileSync(at('t.csv'), [NAMES, ...rows].map((row) => row.join(',')).join('\n'));
  writeFileSync(
    at('t.yaml'),
    'name: t\ndataset: ./t.csv\nparameters: { likelihood: gaussian_learned, hidden: [16], latent_dim: 2, learning_rate: 1e-2 }\n' +
      'train: { epochs: 60, batch_size: 16 }\n',
  );
  await ok('run', at('t.yaml'), '--device', 'cpu');
  const told = await ok('export', 'best', '--format', 'onnx', '-o', at('onnx'));
  expect(told).toContain('of the engine that trained it');
  const model = await loadModel<Float64Array>('best', { results });
  expect(model.columns).toEqual(NAMES);
  const given = Float64Array.from(rows.flat());
  const { mean, logVariance } = await model.encode(given);
  const decoded = await model.decode(mean);

  // As the commands have it.
  await ok('encode', 'best', '--data', at('t.csv'), '-o', at('z.npz'));
  expect(floats(await arrayIn(at('z.npz'), 'mu'))).toEqual(mean);
  await ok('decode', 'best', '--data', at('z.npz'), '-o', at('x.npz'));
  expect(doubles(await arrayIn(at('x.npz'), 'rows'))).toEqual(decoded);
  await ok('generate', 'best', '--count', '5', '--seed', '3', '-o', at('g.npz'));
  expect(doubles(await arrayIn(at('g.npz'), 'rows'))).toEqual(await model.sample(5, 3));
  // Of the density about them: as far from the means as the deviation that was learnt says, in each column's unit.
  await ok('generate', 'best', '--count', '400', '--seed', '3', '--draw', '-o', at('d.npz'));
  const drawn = doubles(await arrayIn(at('d.npz'), 'rows'));
  expect(drawn).toEqual(await model.sample(400, 3, { draw: true }));
  const means = await model.sample(400, 3);
  const away = [10, 1e-6, 2].map((unit, column) => {
    const squares = Array.from(
      { length: 400 },
      (_, row) => ((drawn[4 * row + column]! - means[4 * row + column]!) / unit) ** 2,
    );
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / 400);
  });
  expect(Math.max(...away) / Math.min(...away)).toBeLessThan(1.5);
  expect(Math.min(...away)).toBeGreaterThan(0.05);
  const { elbo } = await model.elbo(given);
  const score = JSON.parse(await ok('score', 'best', '--data', at('t.csv'), '--json')) as { elbo: number };
  expect(elbo.reduce((sum, value) => sum + value, 0) / ROWS).toBeCloseTo(score.elbo, 8);

  // The column of times, which float32 can't tell apart, is reconstructed from what is beside it.
  const errors = rows.map((row, i) => Math.abs(decoded[4 * i]! - row[0]!));
  expect(errors.reduce((sum, error) => sum + error, 0) / ROWS).toBeLessThan(4);

  expect(rows.every((_, i) => decoded[4 * i + 3] === 7)).toBe(true);

  const open = (part: string) => InferenceSession.create(at(`onnx/${part}.onnx`), { logSeverityLevel: 4 });
  const [encoder, decoder, vae] = await Promise.all(['encoder', 'decoder', 'vae'].map(open));
  const units = {
    means: Float64Array.from([0, 1, 2, 3], (column) => rows.reduce((sum, row) => sum + row[column]!, 0) / ROWS),
    stds: Float64Array.of(10, 1e-6, 2, 0),
  };
  const input = new Tensor('float64', given, [ROWS, 4]);
  const whole = await vae!.run({ rows: input });
  const found = {
    ...(await encoder!.run({ rows: input })),
    rows: (await decoder!.run({ latents: new Tensor('float32', mean, [ROWS, 2]) }))['rows']!,
  } as unknown as Record<string, Tensor>;
  expect(differenceOf(found['mean']!.data as Float32Array, mean)).toBeLessThan(1e-5);
  expect(differenceOf(found['log_variance']!.data as Float32Array, logVariance)).toBeLessThan(1e-5);
  for (const made of [found['rows']!, whole['reconstruction']!]) {
    expect(made.dims).toEqual([ROWS, 4]);
    expect(differenceOf(made.data as Float64Array, decoded, units)).toBeLessThan(1e-5);
  }
  const loader = readFileSync(at('onnx/load.py'), 'utf8');
  expect(loader).toContain('COLUMNS = ["time", "share", "depth", "site"]');
  expect(loader).toContain('encode(rows)   # float64 N x 4, in the units of their columns');
  expect(readFileSync(at('onnx/load.html'), 'utf8')).toContain('<th>time<th>share<th>depth<th>site');

  await expect(model.encode(new Uint8Array(4))).rejects.toThrow('takes a Float64Array or Float32Array, 4 numbers each');
  await expect(model.encode(Float64Array.of(1, 2, NaN, 7))).rejects.toThrow('row 0, column 2 (counted from 0) is NaN');
});

it('of counts takes whole numbers as they are, and gives rates', async () => {
  const { at, ok, trialsOf, results } = place();
  const stream = randomStream(['counts']);
  const rows = Array.from({ length: ROWS }, () => {
    const many = stream.below(2) * 30;
    return [many + stream.below(5), stream.below(3), 40 - many + stream.below(6)];
  });
  writeFileSync(at('c.csv'), rows.map((row) => row.join(',')).join('\n'));
  writeFileSync(
    at('c.yaml'),
    'name: c\ndataset: { path: ./c.csv, values: counts }\nparameters: { likelihood: [poisson, negative_binomial], hidden: [8], ' +
      'latent_dim: 2 }\ntrain: { epochs: 20, batch_size: 16 }\n',
  );
  await ok('run', at('c.yaml'), '--device', 'cpu');
  for (const { id } of trialsOf()) {
    await ok('export', id, '--format', 'onnx', '-o', at(`onnx-${id}`));
    const model = await loadModel<Float64Array>(id, { results });
    const given = Float64Array.from(rows.flat());
    const { mean } = await model.encode(given);
    const vae = await InferenceSession.create(at(`onnx-${id}/vae.onnx`), { logSeverityLevel: 4 });
    const found = await vae.run({ rows: new Tensor('float64', given, [ROWS, 3]) });
    expect(differenceOf(found['mean']!.data as Float32Array, mean)).toBeLessThan(1e-5);
    const rates = await model.decode(mean);
    expect(differenceOf(found['reconstruction']!.data as Float64Array, rates)).toBeLessThan(1e-5);
    expect(Math.min(...rates)).toBeGreaterThan(0);

    // Drawn, they are counts, about rates.
    const drawn = async (file: string, ...args: string[]): Promise<Float64Array> => {
      await ok('generate', id, '--seed', '3', ...args, '-o', at(file));
      return doubles(await arrayIn(at(file), 'rows'));
    };
    const counts = await drawn('d.npz', '--count', '2000', '--draw');
    const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0;
    expect(counts.every(isCount)).toBe(true);
    expect(await model.sample(2000, 3, { draw: true })).toEqual(counts);
    expect(counts.subarray(0, 3 * 150)).toEqual(await drawn('some.npz', '--count', '150', '--draw'));
    const means = await drawn('m.npz', '--count', '2000');
    expect(means.some((value) => !Number.isInteger(value))).toBe(true);
    expect(await arrayIn(at('d.npz'), 'latents')).toEqual(await arrayIn(at('m.npz'), 'latents'));
    for (let column = 0; column < 3; column++) {
      const of = (rows: Float64Array) => Array.from({ length: 2000 }, (_, row) => rows[3 * row + column]!);
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const differences = of(counts).map((value, row) => value - of(means)[row]!);
      const error = Math.sqrt(mean(differences.map((value) => value ** 2)) / differences.length);
      expect(Math.abs(mean(differences))).toBeLessThan(4 * error);
    }
    await expect(model.encode(Float64Array.of(1, 2.5, 0))).rejects.toThrow('is 2.5: the model takes counts');
  }
});
