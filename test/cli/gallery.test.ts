import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { command } from '../support/command.ts';
import { temporaryFolder, writeSpec } from './support.ts';
import { trainedSweep } from './trained-sweep.ts';

interface Answer {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly texts: string[];
  readonly cells: {
    readonly trial: string;
    readonly config: { readonly beta: number };
    readonly elbo: number;
    readonly missing: string | null;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  }[];
}

async function sweepWithGallery() {
  const { folder, layout } = await trainedSweep();
  const gallery = (...args: string[]) => command('gallery', ...args, '--results', layout.root);
  const answer = async (...args: string[]): Promise<Answer> => {
    const { code, stdout, stderr } = await gallery(...args, '--json');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    return JSON.parse(stdout) as Answer;
  };
  return { folder, layout, gallery, answer };
}

test('the picture has the pixels that each trial kept, enlarged, where the answer says', async () => {
  const { folder, layout, answer } = await sweepWithGallery();
  const { file, width, height, cells } = await answer('tiny', '-o', path.join(folder, 'g.png'));
  const sheet = decode(readFileSync(file));
  expect([sheet.width, sheet.height]).toEqual([width, height]);
  expect(cells.map(({ config }) => config.beta)).toEqual([1, 4]);
  for (const cell of cells) {
    // 16 tiles of 32 × 32, with two pixels around each; reconstructions are below the originals.
    const kept = decode(readFileSync(layout.files('tiny', cell.trial).path('reconstructions')));
    const scale = cell.width / (16 * 33 - 1);
    expect(Number.isInteger(scale)).toBe(true);
    for (let y = 0; y < 32 * scale; y++) {
      for (let x = 0; x < 32 * scale; x++) {
        for (const tile of [0, 15]) {
          const shown = sheet.data[((cell.y + y) * width + cell.x + tile * 33 * scale + x) * sheet.channels];
          const own = kept.data[(36 + Math.floor(y / scale)) * kept.width + 2 + tile * 34 + Math.floor(x / scale)];
          if (shown !== own) expect([cell.trial, tile, x, y, shown]).toEqual([cell.trial, tile, x, y, own]);
        }
      }
    }
  }
});

test('the labels are text of the SVG: title, configurations, ELBOs, trials', async () => {
  const { folder, answer } = await sweepWithGallery();
  const { file, cells, width } = await answer('-o', path.join(folder, 'g.svg'));
  const svg = readFileSync(file, 'utf8');
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  expect(svg).toContain(`width="${width}"`);
  expect(texts).toContain('tiny: held-out images and their reconstructions');
  expect(texts).toContain('Data: sprites-mini, grey pixels, 128 training and 64 validation images.');
  for (const { config, elbo, trial } of cells) {
    expect(texts).toContain(`beta=${config.beta}`);
    expect(texts).toContain(`ELBO −${Math.abs(elbo).toFixed(2)}`);
    expect(texts.some((text) => text !== '' && trial.startsWith(text!))).toBe(true);
  }
});

test.each(['samples', 'traversals', 'interpolations', 'scatter', 'worst'])('%s are drawn', async (panel) => {
  const { folder, answer } = await sweepWithGallery();
  const { file, width, height, cells } = await answer('--panel', panel, '-o', path.join(folder, 'g.png'));
  const sheet = decode(readFileSync(file));
  expect([sheet.width, sheet.height]).toEqual([width, height]);
  expect(cells.every(({ missing }) => missing === null)).toBe(true);
  for (const cell of cells) {
    const values = new Set<number>();
    for (let y = cell.y; y < cell.y + cell.height; y += 5) {
      for (const value of sheet.data.subarray((y * width + cell.x) * 4, (y * width + cell.x + cell.width) * 4))
        values.add(value);
    }
    expect(values.size).toBeGreaterThan(10);
  }
});

test('by itself it goes into the folder of the sweep, and says so', async () => {
  const { layout, gallery } = await sweepWithGallery();
  const { code, stdout } = await gallery('--panel', 'samples');
  expect(code).toBe(0);
  const file = layout.gallery('tiny', 'samples');
  expect(existsSync(file)).toBe(true);
  expect(stdout).toContain('gallery-samples.png · ');
  expect(stdout).toContain('2 configurations, seed 0 of each.');
  expect(stdout).toContain('Next: sweep gallery tiny --panel traversals');
});

test('one trial is shown alone, by its id or as the best', async () => {
  const { folder, answer } = await sweepWithGallery();
  const file = path.join(folder, 'g.png');
  const { cells } = await answer('-o', file);
  const second = cells[1]!.trial;
  const alone = await answer('--trial', second.slice(0, 8), '-o', file);
  expect(alone.cells.map(({ trial }) => trial)).toEqual([second]);
  const best = cells.toSorted((a, b) => b.elbo - a.elbo)[0]!.trial;
  for (const panel of ['reconstructions', 'traversals']) {
    const shown = await answer('--trial', 'best', '--panel', panel, '-o', file);
    expect(new Set(shown.cells.map(({ trial }) => trial))).toEqual(new Set([best]));
  }
});

test('what a trial lacks is said in its place, and the others are drawn', async () => {
  const { folder, layout, answer, gallery } = await sweepWithGallery();
  const file = path.join(folder, 'g.png');
  const { cells } = await answer('-o', file);
  const [first, second] = cells.map(({ trial }) => layout.files('tiny', trial));
  rmSync(first!.path('weights'));
  truncateSync(second!.path('reconstructions'), 100);

  const kept = await answer('-o', file);
  expect(kept.cells.map(({ missing }) => missing)).toEqual([
    null,
    expect.stringMatching(/^reconstructions.png can't be read/),
  ]);
  const decoded = await answer('--panel', 'scatter', '-o', path.join(folder, 'g.svg'));
  expect(decoded.cells.map(({ missing }) => missing)).toEqual(['no weights', null]);
  expect(readFileSync(decoded.file, 'utf8')).toContain('>no weights</text>');
  const { stdout } = await gallery('--panel', 'scatter', '-o', file);
  expect(stdout).toContain('! 1 place without a picture: no weights');
});

test('--limit shows the best, and says of how many', async () => {
  const { folder, gallery } = await sweepWithGallery();
  const { stdout } = await gallery('--limit', '1', '-o', path.join(folder, 'g.png'));
  expect(stdout).toContain('Showing the best 1 of 2 configurations (--limit).');
});

test('what can’t be drawn is refused, with the reason and what there is', async () => {
  const { folder, layout, gallery } = await sweepWithGallery();
  const refusal = async (code: number, ...args: string[]): Promise<string> => {
    const ended = await gallery(...args);
    expect(ended.stdout).toBe('');
    expect(ended.code).toBe(code);
    return ended.stderr;
  };
  expect(await refusal(2, '--panel', 'traversal')).toContain('Did you mean `traversals`? Panels: reconstructions,');
  expect(await refusal(2, '-o', path.join(folder, 'g.jpg'))).toContain('written as .png or .svg');
  expect(await refusal(4, 'other')).toContain('No sweep called `other`');
  expect(await refusal(4, '--where', 'beta=3')).toContain('Values of beta here: 1, 4');
  expect(await refusal(2, '-o', path.join(folder, 'nowhere', 'g.png'))).toContain("Can't write");
  const [trial] = (JSON.parse((await gallery('--json')).stdout) as Answer).cells;
  const own = layout.files('tiny', trial!.trial).path('samples');
  expect(await refusal(2, '-o', own)).toContain('a file of the results themselves');
});

test('a sweep without a completed trial has no gallery', async () => {
  const folder = temporaryFolder();
  const spec = writeSpec(
    folder,
    `name: wild
dataset: { name: sprites-mini, train: 64, validation: 32 }
parameters: { hidden: [8], latent_dim: 2, learning_rate: 10, beta: 1000000 }
train: { epochs: 3, batch_size: 8 }
`,
  );
  const results = path.join(folder, 'results');
  await command('run', spec, '--device', 'cpu', '--slots', '1', '--results', results);
  const { code, stderr } = await command('gallery', '--results', results);
  expect(code).toBe(4);
  expect(stderr).toContain('No trial of wild is completed (1 diverged)');
});

test('no link in the results is written through', async () => {
  const { folder, layout, gallery } = await sweepWithGallery();
  const outside = path.join(folder, 'outside.png');
  writeFileSync(outside, 'mine');
  symlinkSync(outside, layout.gallery('tiny', 'reconstructions'));
  expect((await gallery()).code).toBe(0);
  expect(readFileSync(outside, 'utf8')).toBe('mine');
  expect(lstatSync(layout.gallery('tiny', 'reconstructions')).isSymbolicLink()).toBe(false);
});
