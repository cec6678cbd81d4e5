/** Models that are told labels, by the real command: `condition: label`. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { textArray, type NpyArray } from '../../src/data/npz-writer.ts';
import { loadModel, openResults } from '../../src/index.ts';
import { command } from '../support/command.ts';
import { arrayIn, writeNpz } from './npz-files.ts';
import { temporaryFolder } from './support.ts';

const [N, SIDE] = [240, 8];
const KINDS = ['left', 'right'] as const;
const kindOf = (image: number): (typeof KINDS)[number] => KINDS[image % 2]!;

/** A side that is lit, by an image of its own each. */
function pixelOf(image: number, pixel: number): number {
  const isLit = pixel % SIDE < SIDE / 2 === (kindOf(image) === 'left');
  return isLit ? 255 - ((image * 7 + pixel) % 90) : (image * 3 + pixel) % 11;
}

function images(count: number): NpyArray {
  const read = () => [
    Uint8Array.from({ length: count * SIDE ** 2 }, (_, i) => pixelOf(Math.floor(i / SIDE ** 2), i % SIDE ** 2)),
  ];
  return { name: 'x', type: '|u1', shape: [count, SIDE, SIDE], read };
}

const SPEC = `name: sides
dataset: ./sides.npz
parameters:
  architecture: [mlp, conv]
  condition: [none, label]
  hidden: [16]
  channels: [8]
  latent_dim: 2
  learning_rate: 1e-2
train: { epochs: 30, batch_size: 16 }
`;

function place() {
  const folder = temporaryFolder();
  const at = (name: string) => path.join(folder, name);
  const where = ['--results', at('results')];
  const sweep = (...args: string[]) => command(...args, ...where);
  const ok = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await sweep(...args);
    expect({ code, told: code === 0 ? '' : stderr + stdout }).toEqual({ code: 0, told: '' });
    return stdout;
  };
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await sweep(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    return stderr.replaceAll(/\s+/g, ' ');
  };
  return { at, ok, refused, results: at('results') };
}

it('are trained beside others, rank by themselves, and draw, encode, decode and score by label', async () => {
  const { at, ok, refused, results } = place();
  await writeNpz(at('sides.npz'), images(N), textArray('label', N, kindOf));
  writeFileSync(at('sides.yaml'), SPEC);
  const ended = await ok('run', at('sides.yaml'), '--device', 'cpu');
  expect(ended.match(/^ {2}best {2}condition=\w+/gm)).toEqual(['  best  condition=none', '  best  condition=label']);
  expect(ended.match(/^ {2}test /gm)).toHaveLength(2);
  expect((await ok('report')).match(/^sides where condition=\w+/gm)).toHaveLength(2);
  expect(await refused('report', '--json')).toContain(
    "Values of different conditions (none, label) can't be compared: given its label, a sample is likelier by itself. " +
      'Look at one at a time: --where condition=none or --where condition=label',
  );
  expect(await refused('compare', 'condition=none', 'condition=label')).toContain('different conditions (none, label)');
  expect(await refused('generate', 'best', 'sides', '-o', at('x.png'))).toContain('Name one by its id.');

  const recorded = openResults(results);
  const { trials } = recorded.sweep('sides');
  recorded.close();
  const idOf = (architecture: string, condition: string): string =>
    trials.find(({ params }) => params['architecture'] === architecture && params['condition'] === condition)!.id;
  for (const architecture of ['mlp', 'conv']) {
    const model = await loadModel(idOf(architecture, 'label'), { results });
    expect(model.labels).toEqual(KINDS);
    for (const condition of KINDS) {
      const drawn = await model.sample(64, 0, { condition });
      const mean = (side: number) =>
        drawn.reduce((sum, value, i) => sum + (Math.floor((i % SIDE) / (SIDE / 2)) === side ? value : 0), 0) /
        (drawn.length / 2);
      // Lit sides are 0.83 on average, others 0.02.
      const [lit, dark] = condition === 'left' ? [mean(0), mean(1)] : [mean(1), mean(0)];
      expect(lit).toBeGreaterThan(0.7);
      expect(dark).toBeLessThan(0.15);
    }
    const mixed = await model.sample(2, 0, { condition: ['left', 'right'] });
    expect(mixed.slice(0, SIDE ** 2)).toEqual(await model.sample(1, 0, { condition: 'left' }));
    await expect(model.sample(2, 0)).rejects.toThrow('give `{ condition }`, of left, right');
    await expect(model.sample(2, 0, { condition: ['left'] })).rejects.toThrow('`condition` has 1 label for 2 images');
  }

  const id = idOf('mlp', 'label');
  expect(await ok('generate', id, '-o', at('g.npz'))).toContain(
    '8 under each label, of the same z, in this order: left, right.',
  );
  expect(await ok('data', at('g.npz'))).toContain('2 different, by the array condition: left (8), right (8)');
  expect(await ok('score', id, '--data', at('g.npz'))).toContain('16 images of g.npz');
  const latents = await arrayIn(at('g.npz'), 'latents');
  expect(latents.subarray(0, 64).equals(latents.subarray(64))).toBe(true);
  // Draws of the likelihood differ between labels too, and are the same under one alone.
  await ok('generate', id, '--draw', '-o', at('d.npz'));
  await ok('generate', id, '--draw', '--condition', 'right', '--count', '3', '-o', at('right.npz'));
  const drawn = await arrayIn(at('d.npz'), 'images');
  const right = await arrayIn(at('right.npz'), 'images');
  expect(drawn.subarray(8 * SIDE ** 2, 11 * SIDE ** 2).equals(right)).toBe(true);
  const program = await (await loadModel(id, { results })).sample(3, 0, { condition: 'right', draw: true });
  expect([...right]).toEqual(Array.from(program, (value) => 255 * value));
  expect(await refused('generate', id, '--condition', 'rigth', '-o', at('x.png'))).toContain('Did you mean `right`?');
  expect(await refused('generate', idOf('mlp', 'none'), '--condition', 'left', '-o', at('x.png'))).toContain(
    'is told no labels',
  );

  await ok('encode', id, '-o', at('z.npz'));
  await ok('decode', id, '--data', at('z.npz'), '-o', at('as-told.npz'));
  await ok('decode', id, '--data', at('z.npz'), '--condition', 'left', '-o', at('left.npz'));
  const [asTold, left] = [await arrayIn(at('as-told.npz'), 'images'), await arrayIn(at('left.npz'), 'images')];
  const same = Array.from({ length: left.length / 64 }, (_, i) =>
    asTold.subarray(64 * i, 64 * (i + 1)).equals(left.subarray(64 * i, 64 * (i + 1))),
  );
  expect(new Set(same)).toEqual(new Set([true, false]));

  const elbo = async (...args: string[]): Promise<number> =>
    (JSON.parse(await ok('score', id, ...args, '--json')) as { elbo: number }).elbo;
  const told = await elbo();
  for (const kind of KINDS) expect(await elbo('--condition', kind)).toBeLessThan(told - 10);
  await writeNpz(at('unlabelled.npz'), images(4));
  expect(await refused('score', id, '--data', at('unlabelled.npz'))).toMatch(
    /nothing says what the .* are\..*left, right/,
  );
  await writeNpz(
    at('other.npz'),
    images(4),
    textArray('label', 4, () => 'up'),
  );
  expect(await refused('score', id, '--data', at('other.npz'))).toContain('number 1 is labelled up, which the model');

  // The page's sliders have a choice of the label, and a decoder that takes it.
  await ok('report', '--where', 'condition=label', '--format', 'html', '-o', at('report.html'));
  expect(readFileSync(at('report.html'), 'utf8')).toMatch(
    /"labels":\{"names":\["left","right"\],"ofOriginals":\[[01],/,
  );
  expect(await ok('gallery', '--panel', 'labels', '--where', 'condition=label', '-o', at('labels.png'))).toContain(
    'A row is a label',
  );

  expect(await ok('export', id, '--format', 'onnx', '-o', at('onnx'))).toContain('of the engine that trained it');
  expect(readFileSync(at('onnx/load.py'), 'utf8')).toContain('LABELS = ["left", "right"]');
});

it('are told the column of a table that the spec names', async () => {
  const { at, ok, refused, results } = place();
  const SPECIES = ['setosa', 'virginica', 'versicolor'];
  const rowsOf = (count: number, of: (row: number) => string) =>
    Array.from(
      { length: count },
      (_, row) => `${10 * (row % 3) + ((row * 7) % 10) / 10},${of(row)},${((row * 3) % 7) / 7}`,
    );
  const table = (count: number, of: (row: number) => string): string =>
    ['length,species,target', ...rowsOf(count, of)].join('\n');
  writeFileSync(
    at('iris.csv'),
    table(180, (row) => SPECIES[row % 3]!),
  );
  const spec = (dataset: string): string =>
    `name: iris\ndataset: ${dataset}\nparameters: { condition: label, likelihood: gaussian_learned, hidden: [16], latent_dim: 1, learning_rate: 1e-2 }\n` +
    'train: { epochs: 40, batch_size: 16 }\n';
  writeFileSync(at('iris.yaml'), spec('{ path: iris.csv, label: species }'));
  expect(await ok('data', at('iris.csv'), '--label', 'species')).toMatch(
    /180 of 2 columns.*3 different, by the column species: setosa \(60\)/s,
  );
  await ok('run', at('iris.yaml'), '--device', 'cpu');
  using recorded = openResults(results);
  const [trial] = recorded.sweep('iris').trials;
  expect(trial!.config.dataset.labels?.names).toEqual([...SPECIES].sort());

  // Lengths are about 0, 10 and 20, each of its species.
  for (const [i, species] of SPECIES.entries()) {
    await ok('generate', 'best', 'iris', '--condition', species, '--count', '20', '-o', at('drawn.npz'));
    const drawn = new Float64Array(Uint8Array.from(await arrayIn(at('drawn.npz'), 'rows')).buffer);
    const lengths = drawn.filter((_, at) => at % 2 === 0);
    expect(lengths.reduce((sum, one) => sum + one, 0) / 20).toBeCloseTo(10 * i + 0.45, -0.5);
  }

  const elbo = async (...args: string[]): Promise<number> =>
    (JSON.parse(await ok('score', 'best', 'iris', ...args, '--json')) as { elbo: number }).elbo;
  writeFileSync(
    at('new.csv'),
    table(9, (row) => SPECIES[row % 3]!),
  );
  writeFileSync(
    at('wrong.csv'),
    table(9, (row) => SPECIES[(row + 1) % 3]!),
  );
  expect(await elbo('--data', at('wrong.csv'))).toBeLessThan((await elbo('--data', at('new.csv'))) - 1);
  // New rows need not have the column where the label of all is told; one that is called as labels usually are is no less an input.
  writeFileSync(at('untold.csv'), 'length,target\n0.1,0.2\n0.3,0.4\n');
  expect(await elbo('--data', at('untold.csv'), '--condition', 'setosa')).toBeGreaterThan(-10);
  expect(await refused('score', 'best', 'iris', '--data', at('untold.csv'))).toMatch(/nothing says what the .* are/);

  for (const [label, what] of [
    [
      'kind',
      /iris\.yaml:2:\d+ .*no column in it that could be labels is called kind; there are length, species, target/,
    ],
    ['null', /column species is "setosa", which is no number.*say `label: species`/],
  ] as const) {
    writeFileSync(at('iris.yaml'), spec(label === 'null' ? 'iris.csv' : `{ path: iris.csv, label: ${label} }`));
    expect(await refused('plan', at('iris.yaml'))).toMatch(what);
  }
});

it('are refused, at the place that asks for them, of data without fitting labels', async () => {
  const { at, refused } = place();
  writeFileSync(at('sides.yaml'), SPEC);
  const planned = async (count: number, ...arrays: NpyArray[]): Promise<string> => {
    await writeNpz(at('sides.npz'), images(count), ...arrays);
    return refused('plan', at('sides.yaml'));
  };
  const asked = (problem: string): unknown =>
    expect.stringContaining(`sides.yaml:5:21 \`condition: label\` needs labels, and ${problem}`);
  const labels = (count: number, of: (image: number) => string) => planned(count, textArray('label', count, of));
  expect(await planned(N)).toEqual(asked('nothing says what those of sides.npz are'));
  expect(await labels(N, (image) => (image === 4 ? '' : 'a'))).toEqual(
    asked('row 4 (counted from 0) of sides.npz has none in the array label'),
  );
  expect(await labels(N, () => 'a')).toEqual(asked('all of sides.npz have the same, a'));
  expect(await labels(1001, String)).toEqual(asked('sides.npz has 1,001 different ones, and 1,000 are the most'));
});
