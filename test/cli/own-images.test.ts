/** Sweeps over images of one's own, by the real command: `dataset: ./faces`. */
import { copyFileSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import Database from 'better-sqlite3';
import { decode } from 'fast-png';
import { openResults } from '../../src/index.ts';
import { ResultsLayout } from '../../src/files/paths.ts';
import { decodeTensors } from '../../src/training/safetensors.ts';
import { npy, png } from '../data/own/write.ts';
import { runCli, startCli, temporaryFolder } from './support.ts';

const [N, SIDE] = [200, 12];

/** A spot on black, somewhere; in colour of some colour. */
function spots(channels: 1 | 3): Uint8Array {
  return Uint8Array.from({ length: N * SIDE * SIDE * channels }, (_, i) => {
    const c = i % channels;
    const pixel = Math.floor(i / channels);
    const image = Math.floor(pixel / SIDE ** 2);
    const [y, x] = [Math.floor(pixel / SIDE) % SIDE, pixel % SIDE];
    const [cy, cx] = [2 + (image % 9), 2 + ((image * 5) % 8)];
    const light = 255 - ((image * 13) % 90) - 60 * c * (image % 2);
    return Math.round(Math.max(0, light * (1 - ((y - cy) ** 2 + (x - cx) ** 2) / 9)));
  });
}

const GREY = spots(1);
const COLOUR = spots(3);

function writeFolder(folder: string, pixels: Uint8Array, channels: 1 | 3): void {
  mkdirSync(folder);
  const size = pixels.length / N;
  for (let i = 0; i < N; i++) {
    const file = path.join(folder, `${String(i).padStart(3, '0')}.png`);
    writeFileSync(file, png(SIDE, SIDE, pixels.subarray(i * size, (i + 1) * size), { kind: channels === 3 ? 2 : 0 }));
  }
}

const spec = (dataset: string, epochs = 2) =>
  `name: spots\ndataset: ${dataset}\nparameters: { architecture: [mlp, conv], hidden: [16], channels: [4], latent_dim: 2 }\n` +
  `train: { epochs: ${epochs}, batch_size: 32 }\n`;

/** Images in three places, in a folder of their own with a cache of its own. */
function place() {
  const folder = temporaryFolder();
  const at = (name: string) => path.join(folder, name);
  writeFolder(at('faces'), GREY, 1);
  writeFolder(at('colour'), COLOUR, 3);
  writeFileSync(at('faces.npy'), npy([N, SIDE, SIDE, 1], GREY));
  const env = { XDG_CACHE_HOME: at('cache'), COLUMNS: '200' };
  const specAt = (name: string, text: string) => {
    writeFileSync(at(name), text);
    return at(name);
  };
  const sweep = (...args: string[]) => runCli(args, env);
  const ok = async (...args: string[]) => {
    const { code, stdout, stderr } = await sweep(...args);
    expect({ code, told: code === 0 ? '' : stderr + stdout }).toEqual({ code: 0, told: '' });
    return stdout;
  };
  return { folder, at, env, specAt, sweep, ok };
}

/** What was trained: ids, figures of every epoch, weights. */
function bitsOf(root: string) {
  const results = openResults(root);
  const layout = new ResultsLayout(root);
  const { sweep, trials } = results.sweep('spots');
  const found = trials.map(({ id, state, metrics, config }) => {
    const { tensors } = decodeTensors(readFileSync(layout.files('spots', id).path('weights')));
    return { id, state, metrics, tensors, shape: config.dataset.own!.channels };
  });
  results.close();
  return { fingerprint: sweep.datasetFingerprint, found };
}

describe('a folder of 200 PNGs and a .npy of the same images', () => {
  it('are the same trials with the same bits; the one takes over from the other', async () => {
    const { at, specAt, ok } = place();
    const ofFolder = specAt('a.yaml', spec('./faces'));
    const ofFile = specAt('b.yaml', spec('{ path: faces.npy }'));
    const where = ['--device', 'cpu', '--slots', '1', '--quiet'];
    await ok('run', ofFolder, '--results', at('a'), ...where);
    await ok('run', ofFile, '--results', at('b'), ...where);
    const [a, b] = [bitsOf(at('a')), bitsOf(at('b'))];
    expect(a).toEqual(b);
    expect(a.found.map(({ state }) => state)).toEqual(['completed', 'completed']);
    // Nothing is left to do for the file where the folder was trained on; and the rows say where the images are now.
    expect(JSON.parse(await ok('plan', ofFile, '--json', '--results', at('a')))).toMatchObject({
      dataset: 'faces.npy',
      trials: { total: 2, finished: 2, to_run: 0 },
      warnings: [],
    });
    await ok('run', ofFile, '--results', at('a'), ...where);
    expect(bitsOf(at('a'))).toEqual(b);
    rmSync(at('faces'), { recursive: true });
    const id = a.found[0]!.id;
    expect(await ok('reproduce', id, '--results', at('a'))).toContain('the same bits');
    expect(await ok('gallery', 'spots', '--panel', 'worst', '-o', at('worst.png'), '--results', at('a'))).toContain(
      'faces.npy',
    );
    expect(await ok('report', 'spots', '--results', at('a'))).toContain(
      'data: faces.npy, 160 training and 20 validation images',
    );
  });

  it('and a module that yields them is the same trials, too; it is run once, and by nobody who trains', async () => {
    const { at, specAt, ok } = place();
    const where = ['--device', 'cpu', '--slots', '1', '--results', at('r')];
    writeFileSync(
      at('spots.ts'),
      `import { appendFileSync, readFileSync } from 'node:fs';
       const side: number = ${SIDE};
       export default {
         height: side,
         width: side,
         *samples(): Generator<Uint8Array> {
           appendFileSync(${JSON.stringify(at('runs'))}, 'x');
           const pixels = readFileSync(new URL('faces.npy', import.meta.url)).subarray(-${GREY.length});
           for (let i = 0; i < ${N}; i++) yield pixels.subarray(i * side * side, (i + 1) * side * side);
         },
       };`,
    );
    await ok('run', specAt('a.yaml', spec('./spots.ts')), '--quiet', ...where);
    expect(await ok('report', 'spots', '--results', at('r'))).toContain('data: spots.ts, 160 training');
    const plan = await ok('plan', specAt('b.yaml', spec('./faces')), '--json', '--results', at('r'));
    expect(JSON.parse(plan)).toMatchObject({ trials: { total: 2, finished: 2, to_run: 0 } });
    expect(await ok('score', 'spots', '--data', at('spots.ts'), '--results', at('r'))).toContain(
      '200 images of spots.ts by',
    );
    expect(readFileSync(at('runs'), 'utf8')).toBe('x');
  });

  it('resume each other: killed while it trains on the folder, the sweep goes on with the file, to the same bits', async () => {
    const { at, env, specAt, ok } = place();
    const where = ['--device', 'cpu', '--slots', '1', '--results'];
    const [short, killed] = [specAt('short.yaml', spec('./faces', 40)), specAt('killed.yaml', spec('./faces', 40))];
    const { child, ended } = startCli(['run', killed, '--json', ...where, at('killed')], env);
    for await (const line of createInterface({ input: child.stdout })) {
      if ((JSON.parse(line) as { type: string }).type === 'epoch') break;
    }
    child.kill('SIGKILL');
    child.stdout.resume();
    await ended;
    rmSync(at('faces'), { recursive: true });
    writeFileSync(killed, spec('./faces.npy', 40));
    const plan = JSON.parse(await ok('plan', killed, '--json', '--results', at('killed'))) as {
      trials: { resumed: number };
    };
    expect(plan.trials.resumed).toBe(1);
    await ok('run', killed, '--quiet', ...where, at('killed'));
    writeFolder(at('faces'), GREY, 1);
    await ok('run', short, '--quiet', ...where, at('whole'));
    expect(bitsOf(at('killed'))).toEqual(bitsOf(at('whole')));
  });
});

describe('images in colour', () => {
  it('train, and come back in colour: pictures, gallery, page', async () => {
    const { at, specAt, ok } = place();
    const file = specAt('c.yaml', spec('./colour'));
    await ok('run', file, '--results', at('r'), '--device', 'cpu', '--quiet');
    const { found } = bitsOf(at('r'));
    expect(found.map(({ shape }) => shape)).toEqual([3, 3]);
    const layout = new ResultsLayout(at('r'));
    for (const { id } of found) {
      const { channels, data } = decode(readFileSync(layout.files('spots', id).path('reconstructions')));
      expect(channels).toBe(3);
      // Of the first original, inside the margin.
      expect([...data].some((value, i) => i % 3 === 0 && value !== data[i + 1])).toBe(true);
    }
    for (const panel of ['reconstructions', 'samples', 'traversals', 'interpolations', 'scatter', 'worst']) {
      const { cells } = JSON.parse(
        await ok('gallery', '--panel', panel, '--json', '-o', at(`${panel}.png`), '--results', at('r')),
      ) as { cells: { missing?: string | null }[] };
      expect(cells.length).toBeGreaterThan(0);
      expect(cells.every(({ missing }) => missing == null)).toBe(true);
    }
  });
});

describe('images that changed', () => {
  it('are new trials, and that is said; results of others are not taken for theirs', async () => {
    const { at, specAt, ok, sweep } = place();
    const file = specAt('a.yaml', spec('./faces'));
    const where = ['--results', at('r'), '--device', 'cpu'];
    await ok('run', file, 'architecture=mlp', '--quiet', ...where);
    const { id } = bitsOf(at('r')).found[0]!;
    copyFileSync(at('faces/001.png'), at('faces/000.png'));
    const says = 'the images of faces have changed since 1 trial of this sweep';
    const { warnings, trials, outside_plan } = JSON.parse(
      await ok('plan', file, 'architecture=mlp', '--json', ...where),
    ) as { warnings: string[]; trials: object; outside_plan: number };
    expect({ told: warnings.filter((text) => text.includes(says)).length, trials, outside_plan }).toMatchObject({
      told: 1,
      trials: { total: 1, to_run: 1 },
      outside_plan: 1,
    });
    for (const command of [
      ['reproduce', id],
      ['gallery', 'spots', '--panel', 'worst', '-o', at('g.png')],
    ]) {
      const { code, stderr } = await sweep(...command, '--results', at('r'));
      expect(code).toBe(2);
      expect(stderr).toContain(`${at('faces')} has changed since the sweep was planned`);
      expect(stderr).not.toMatch(/corrupt|damaged/);
    }
    const { stderr } = await sweep('run', file, 'architecture=mlp', ...where);
    expect(stderr).toContain(says);
    const results = openResults(at('r'));
    const { trials: now, outside } = results.sweep('spots');
    results.close();
    expect([now.map(({ state }) => state), outside.map((trial) => trial.id)]).toEqual([['completed'], [id]]);
    expect(now[0]!.id).not.toBe(id);
    expect((await sweep('report', 'spots', '--all', '--results', at('r'))).stderr).toMatch(
      /different data \(faces \([0-9a-f]{6}\)/,
    );
  });
});

it('images that change while a sweep runs fail its trials, rather than train on others', async () => {
  const { at, env, specAt } = place();
  const file = specAt('a.yaml', spec('./faces.npy', 100_000));
  const args = ['run', file, '--json', '--results', at('r'), '--device', 'cpu', '--slots', '1'];
  const { child, ended } = startCli(args, env);
  onTestFinished(() => void child.kill('SIGKILL'));
  interface Line {
    readonly type: string;
    readonly devices?: readonly { readonly pid: number }[];
    readonly cause?: string | null;
  }
  let device: number | undefined;
  let isKilled = false;
  const causes: (string | null | undefined)[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const { type, devices, cause } = JSON.parse(line) as Line;
    device ??= devices?.[0]?.pid;
    if (type === 'finished') causes.push(cause);
    if (type !== 'epoch' || isKilled) continue;
    // The device has its images; the one that takes its place reads them anew.
    writeFileSync(at('faces.npy'), npy([N, SIDE, SIDE, 1], GREY.with(9, 200)));
    process.kill(device!, 'SIGKILL');
    isKilled = true;
  }
  expect(await ended).toMatchObject({ code: 3 });
  const says = expect.stringMatching(/^data: .*faces\.npy has changed since the sweep was planned/) as string;
  expect(causes).toEqual([says, says]);
});

it('a row whose images can not be is refused, with its place', async () => {
  const { at, specAt, ok, sweep } = place();
  const file = specAt('a.yaml', spec('./faces.npy'));
  await ok('run', file, 'architecture=mlp', 'epochs=1', '--quiet', '--results', at('r'), '--device', 'cpu');
  const db = new Database(new ResultsLayout(at('r')).database);
  db.exec('CREATE TEMP TABLE kept AS SELECT key, config FROM trials');
  const edit = (json: string) => db.prepare(`UPDATE trials SET config = ${json}`).run();
  for (const [json, says] of [
    ["json_remove(config, '$.dataset.own.splits')", /has a configuration that is none/],
    ["json_set(config, '$.dataset.own', json('{}'))", /has a configuration that is none/],
    ["json_set(config, '$.dataset.own.fingerprint', 'other')", /another configuration or seed than its id stands for/],
  ] as const) {
    edit(json);
    const { code, stderr } = await sweep('report', '--results', at('r'));
    expect(code).toBe(5);
    expect(stderr).toMatch(says);
    edit('(SELECT config FROM kept WHERE kept.key = trials.key)');
  }
  db.close();
});

describe('images that moved', () => {
  it('are found in --data DIR, by spec and by trial; else the place is told', async () => {
    const { at, specAt, ok, sweep } = place();
    const file = specAt('a.yaml', spec('./faces.npy'));
    await ok('run', file, 'architecture=mlp', '--quiet', '--results', at('r'), '--device', 'cpu');
    const { id } = bitsOf(at('r')).found[0]!;
    mkdirSync(at('data'));
    renameSync(at('faces.npy'), at('data/faces.npy'));
    const gone = await sweep('reproduce', id, '--results', at('r'));
    expect(gone).toMatchObject({ code: 2 });
    expect(gone.stderr).toContain(`The images of faces.npy are not here any more. Looked for:\n  ${at('faces.npy')}\n`);
    const unknown = await sweep('plan', file, '--results', at('r'));
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toMatch(/a\.yaml:2:10 {2}there is no file and no folder .*faces\.npy\n/);
    expect(unknown.stderr).toContain('2 | dataset: ./faces.npy\n    |          ^^^^^^^^^^^');
    expect(await ok('reproduce', id, '--results', at('r'), '--data', at('data'))).toContain('the same bits');
    expect(await ok('plan', file, 'architecture=mlp', '--results', at('r'), '--data', at('data'))).toContain(
      '1 already finished',
    );
    // A path that is typed is meant from where one is.
    expect(await ok('plan', file, `dataset=${path.relative('.', at('data/faces.npy'))}`)).toContain(
      'spots · faces.npy',
    );
  });
});

describe('sweep data PATH', () => {
  it('says what is there, and draws some of it', async () => {
    const { at, ok } = place();
    writeFileSync(at('faces/labels.csv'), '000.png,3\n');
    copyFileSync(at('faces/001.png'), at('faces/200.png'));
    const text = await ok('data', at('faces'), '-o', at('sheet.png'));
    expect(text).toContain('201 of 12×12 pixels, grey; values from 0 to');
    expect(text).toContain('a folder of pictures; passed over: 1 other file');
    expect(text).toMatch(/161 to train, 20 for validation, 20 for the test|160 to train/);
    expect(decode(readFileSync(at('sheet.png')))).toMatchObject({ channels: 1, width: 16 * 14 + 2 });
    expect(JSON.parse(await ok('data', at('colour'), '--json'))).toMatchObject({
      ...{ schema: 'vae-sweep.images/1', images: 200, height: 12, width: 12, channels: 3, passed_over: null },
      splits: { train: 160, validation: 20, test: 20 },
    });
  });

  it('refuses what is no images, and says why', async () => {
    const { at, sweep } = place();
    cpSync(at('faces/001.png'), at('faces/x.gif'));
    for (const [args, message] of [
      [[at('faces')], /x\.gif: GIF isn't read\. Of folders PNGs and JPEGs are read/],
      [[at('nowhere')], /There is no file and no folder/],
      [[at('faces.npy'), '-o', 'x.jpg'], /a contact sheet is written as \.png/],
      [['-o', at('x.png')], /sweep data PATH -o/],
      [['mnist'], /`sweep data mnist -o mnist\.npz` writes its images, labels and splits/],
      [['sprites-mini', '-o', at('x.png')], /-o sprites-mini\.npz/],
    ] as const) {
      const { code, stderr, stdout } = await sweep('data', ...args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(message);
    }
  });
});

it('sweeps likelihoods on colour: each reports by itself, none is ranked with another, the best of each is tested', async () => {
  const { specAt, sweep, ok, folder } = place();
  const likelihoods = 'bernoulli, gaussian, gaussian_optimal, discretized_logistic';
  const text = (more: string) =>
    `name: spots\ndataset: ./colour\nparameters: { likelihood: [${likelihoods}], hidden: [16], latent_dim: 2 }\n${more}`;
  const file = specAt('likelihoods.yaml', text('train: { epochs: 1 }\n'));
  const results = ['--results', path.join(folder, 'results')];
  const ended = await ok('run', file, '--device', 'cpu', ...results);
  expect(ended.match(/^ {2}best {2}likelihood=\w+/gm)).toEqual([
    '  best  likelihood=bernoulli',
    expect.stringMatching(/likelihood=gaussian/),
    '  best  likelihood=discretized_logistic',
  ]);
  expect(ended.match(/^ {2}test /gm)).toHaveLength(3);
  const report = await ok('report', ...results);
  expect(report.match(/^spots where .* ·/gm)).toHaveLength(3);
  expect(report).toContain('bits/dim');
  expect(report).not.toContain('grey pixels');
  const refused = await sweep('report', '--json', ...results);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("can't be compared. Look at one at a time: --where likelihood=bernoulli, ");
  expect((await sweep('compare', 'likelihood=bernoulli', 'likelihood=gaussian', ...results)).stderr).toContain(
    "Values of different likelihoods (bernoulli, gaussian) can't be compared",
  );
  const unfit = 'dataset: { path: ./colour, binarization: static }\ntry: [{ likelihood: continuous_bernoulli }]\n';
  const tried = await sweep('plan', specAt('tried.yaml', `name: a\n${unfit}`));
  expect(tried.code).toBe(2);
  expect(tried.stderr).toMatch(/tried\.yaml:3:\d+ .*`binarization: static` makes them black and white/);
});

it('pictures of all sizes are brought to one, those that a trained model is given as well', async () => {
  const { at, specAt, sweep, ok } = place();
  mkdirSync(at('photos'));
  for (let i = 0; i < 30; i++) {
    const [height, width] = [8 + i, 20 - (i % 7)];
    const pixels = Uint8Array.from({ length: height * width }, (_, k) => (k * (i + 3)) % 256);
    mkdirSync(at(`photos/${i % 2}`), { recursive: true });
    writeFileSync(at(`photos/${i % 2}/${String(i)}.png`), png(width, height, pixels));
  }
  const text = (dataset: string) =>
    `name: photos\ndataset: ${dataset}\nparameters: { hidden: [8], latent_dim: 2 }\ntrain: { epochs: 1 }\n`;
  const mixed = await sweep('plan', specAt('a.yaml', text('./photos')));
  expect(mixed.code).toBe(2);
  expect(mixed.stderr).toMatch(
    /0\/10\.png: it is of 18×17 pixels, and 0\/0\.png of 8×20.*With `size:` in the spec they are brought to one/,
  );
  const slip = await sweep('plan', specAt('b.yaml', text('{ path: ./photos, resize: fit }')));
  expect(slip.stderr).toMatch(/b\.yaml:2:28 .*there is none/);
  const file = specAt('c.yaml', text('{ path: ./photos, size: [8, 6], channels: colour }'));
  const where = ['--results', at('r')];
  await ok('run', file, '--device', 'cpu', '--quiet', ...where);
  expect(await ok('plan', file, 'dataset.resize=stretch', ...where)).not.toContain('have changed');
  mkdirSync(at('new'));
  writeFileSync(at('new/one.png'), png(40, 9, new Uint8Array(360).fill(200)));
  const scored = await ok('score', 'photos', '--data', at('new'), '--json', ...where);
  const { samples, trial } = JSON.parse(scored) as { samples: number; trial: string };
  expect(samples).toBe(1);
  expect(await ok('reproduce', trial, ...where)).toContain('the same bits');
  const said = await ok('data', at('photos'), '--size', '8x6', '--channels', 'colour');
  expect(said).toContain('30 of 8×6 pixels, in colour');
  expect(said).toContain('2 different, by the folders that they are in: 0 (15), 1 (15)');
});

it('a table has rows, in all that is said of it: nowhere images', async () => {
  const { at, specAt, sweep } = place();
  const rows = Array.from({ length: 60 }, (_, i) => `${i},${Math.sin(i)},${i % 2 === 0 ? 'even' : 'odd'}\n`);
  writeFileSync(at('table.csv'), `a,b,label\n${rows.join('')}`);
  const file = specAt(
    'a.yaml',
    'name: table\ndataset: { path: ./table.csv, train: 1000 }\ntrain: { epochs: 1 }\n' +
      'parameters: { likelihood: gaussian_optimal, hidden: [8], latent_dim: [1, 2] }\n',
  );
  const where = ['--results', at('r')];
  for (const [args, says] of [
    [['data', at('table.csv')], 'a hash of each row'],
    [['plan', file, ...where], 'asks for 1,000 rows, and table.csv has 48'],
    [['run', file, '--device', 'cpu', ...where], 'worse than a constant row'],
    [['report', ...where], 'nats per row at β = 1'],
    [['report', '--format', 'md', ...where], '48 training and 6 validation rows'],
    [['report', '--format', 'latex', ...where], 'test rows'],
    [['report', '--format', 'brief', ...where], '48 training and 6 validation rows'],
    [['show', 'best', ...where], 'nats per row'],
    [['effects', ...where], 'nats per row at β = 1'],
    [['compare', 'latent_dim=1', 'latent_dim=2', ...where], 'in nats per row'],
    [['compare', 'latent_dim=1', 'latent_dim=2', '--json', ...where], 'nats per row at β = 1'],
    [['status', '--json', ...where], 'nats per row at β = 1'],
    [['score', 'table', ...where], '6 test rows of table.csv'],
  ] as const) {
    const { code, stdout, stderr } = await sweep(...args);
    // What programs read keeps its names: `train_images`.
    const said = `${stdout}${stderr}`.replaceAll(/\n +| ! +/g, ' ');
    expect({ args, code, images: /.*\bimages?\b.*/i.exec(said)?.[0] }).toEqual({ args, code: 0, images: undefined });
    expect(said).toContain(says);
  }
});

it('columns of numbers train an mlp of a normal distribution; what only images have is refused, and no picture is missed', async () => {
  const { at, specAt, sweep, ok } = place();
  const rows = Array.from({ length: 60 }, (_, i) =>
    [i, 1e6 + i * i, Math.sin(i), i % 2 === 0 ? 'even' : 'odd'].join(','),
  );
  writeFileSync(at('table.csv'), ['a,b,c,label', ...rows, ''].join('\n'));
  const text = (more: string) =>
    `name: table\ndataset: ./table.csv\nparameters: { ${more}, hidden: [8], latent_dim: 2 }\ntrain: { epochs: 2 }\n`;
  const misfit = await sweep('plan', specAt('a.yaml', text('architecture: [mlp, conv]')));
  expect(misfit.code).toBe(2);
  expect(misfit.stderr).toMatch(
    /`bernoulli` models values from 0 to 1.*these fit: gaussian, gaussian_learned, gaussian_optimal/,
  );
  expect(misfit.stderr).toMatch(
    /a\.yaml:3:35 {2}`conv` is for images, and table\.csv holds columns of numbers; these fit: mlp/,
  );
  const where = ['--results', at('r')];
  await ok('run', specAt('b.yaml', text('likelihood: gaussian_optimal')), '--device', 'cpu', '--quiet', ...where);
  const scored = JSON.parse(
    await ok('score', 'table', '--data', at('table.csv'), '--normal', 'even', '--json', ...where),
  ) as {
    trial: string;
    samples: number;
    anomalies: object;
  };
  expect(scored).toMatchObject({ samples: 60, anomalies: { others: 30 } });
  const own = JSON.parse(await ok('score', 'table', '--json', ...where)) as { elbo: number };
  const results = openResults(at('r'));
  expect(own.elbo).toBeCloseTo(results.best('table').trial.metrics['test/elbo']!, 6);
  results.close();
  await ok('encode', 'table', '-o', at('z.npz'), ...where);
  await ok('decode', 'table', '--data', at('z.npz'), '-o', at('x.npz'), ...where);
  expect(await ok('data', at('x.npz'))).toContain('rows        6 of 3 columns');
  expect(await ok('report', '--format', 'html', '-o', at('page.html'), ...where)).toContain('page.html');
  expect(await ok('reproduce', scored.trial, ...where)).toContain('the same bits');
  writeFileSync(at('rev.csv'), 'a,c,b\n1,0.5,1000001\n');
  const reversed = await sweep('score', 'table', '--data', at('rev.csv'), ...where);
  expect(reversed.code).toBe(2);
  expect(reversed.stderr).toContain('its column 2 is `c`, and the trial trained on `b` there');
  writeFileSync(at('unnamed.csv'), '1,1000001,0.5\n');
  await ok('score', 'table', '--data', at('unnamed.csv'), ...where);
  await ok('generate', 'table', '-o', at('g.npz'), ...where);
  await ok('score', 'table', '--data', at('g.npz'), ...where);
  expect((await sweep('generate', 'table', '-o', at('g.csv'), ...where)).stderr).toContain('Write an .npz.');
  for (const args of [['gallery'], ['generate', 'table'], ['score', 'table', '--worst']]) {
    const { code, stderr } = await sweep(
      ...args,
      ...(args.includes('--worst') ? [at('p.png')] : ['-o', at('p.png')]),
      ...where,
    );
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/columns of numbers, which have no picture/) as string,
    });
  }
});
