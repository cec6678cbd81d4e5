/** Issue 9, line 7: a trial's identity hashes what its settings do, not how they were wished for. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { planSweep } from '../../src/plan-sweep.ts';
import { MNIST_DATA_DIR, mnistTitle } from '../data/fixtures.ts';
import { runCli, temporaryFolder, TINY_SPEC, writeSpec } from './support.ts';

/** Ids and warnings of a spec's plan. */
async function plan(dataset: string, train = '{ batch_size: 64 }', dataDir?: string) {
  const text = `name: a\ndataset: ${dataset}\nparameters: { hidden: [8] }\ntrain: ${train}\n`;
  const specFile = writeSpec(temporaryFolder(), text);
  const { trials, warnings } = await planSweep({ specFile, overrides: [], dataDir });
  return { ids: trials.map(({ id }) => id), warnings };
}

it.each([
  ['{ name: sprites-mini, train: 4608 }', []],
  ['{ name: sprites-mini, validation: 576 }', []],
  ['{ name: sprites-mini, train: 4609 }', ['asks for 4,609 images, and sprites-mini has 4,608 to train on']],
  [
    '{ name: sprites-mini, train: 60000, validation: 100000 }',
    ['has 4,608 to train on', 'asks for 100,000 images, and sprites-mini has 576 held out for validation'],
  ],
  ['{ name: sprites-mini, binarization: static }', ['static changes nothing: the images of sprites-mini are black']],
  ['{ name: sprites-mini, binarization: dynamic }', ['dynamic changes nothing']],
])(
  '%s is the same trial as sprites-mini alone, and what is wished in vain is said with the true number',
  async (dataset, said) => {
    const [plain, asked] = await Promise.all([plan('sprites-mini'), plan(dataset)]);
    expect(asked.ids).toEqual(plain.ids);
    expect(asked.warnings).toHaveLength(said.length);
    for (const [i, text] of said.entries()) expect(asked.warnings[i]).toContain(text);
    expect(plain.warnings).toEqual([]);
  },
);

it('a data set that is larger than its usual splits: its default written out is the default, more is more, too much is all', async () => {
  const [usual, written, more, all, tooMany] = await Promise.all(
    ['', ', train: 40000', ', train: 50000', ', train: 727280', ', train: 737280'].map((train) =>
      plan(`{ name: sprites${train} }`),
    ),
  );
  expect(written!.ids).toEqual(usual!.ids);
  expect(tooMany!.ids).toEqual(all!.ids);
  expect(new Set([usual, more, all].map((one) => one!.ids[0])).size).toBe(3);
  expect([usual, written, more, all].flatMap((one) => one!.warnings)).toEqual([]);
  expect(tooMany!.warnings).toEqual([expect.stringContaining('sprites has 727,280 to train on')]);
});

it('without validation images there are more to train on, and the two are different trials', async () => {
  const [all, written, tooMany, held] = await Promise.all([
    plan('{ name: sprites-mini, validation: 0 }'),
    plan('{ name: sprites-mini, validation: 0, train: 5184 }'),
    plan('{ name: sprites-mini, validation: 0, train: 6000 }'),
    plan('sprites-mini'),
  ]);
  expect(written.ids).toEqual(all.ids);
  expect(tooMany.ids).toEqual(all.ids);
  expect(tooMany.warnings).toEqual([expect.stringContaining('has 5,184 to train on (another 576 are test images)')]);
  expect(held.ids).not.toEqual(all.ids);
});

it('a batch of more than all images is a batch of all images', async () => {
  const dataset = '{ name: sprites-mini, train: 100 }';
  const [all, more] = await Promise.all([plan(dataset, '{ batch_size: 100 }'), plan(dataset, '{ batch_size: 3000 }')]);
  expect(more.ids).toEqual(all.ids);
  expect(all.warnings).toEqual([]);
  expect(more.warnings).toEqual([
    expect.stringContaining('train.batch_size is 3,000, and there are 100 training images: every step takes them all'),
  ]);
});

it('plan says so on stderr and in its JSON, and plans one trial where a run has trained the other spelling', async () => {
  const folder = temporaryFolder();
  const results = ['--results', path.join(folder, 'results')];
  const spec = writeSpec(folder, TINY_SPEC);
  await runCli(['run', spec, 'dataset.validation=null', 'beta=1', '--slots', '1', ...results]);
  const { stdout, stderr } = await runCli(['plan', spec, 'dataset.validation=2000', 'beta=1', '--json', ...results]);
  expect(JSON.parse(stdout)).toMatchObject({
    trials: { total: 1, finished: 1, to_run: 0 },
    warnings: [expect.stringContaining('sprites-mini has 576 held out for validation')],
  });
  expect(stderr).toMatch(
    /^! override 1 \(dataset\.validation=2000\) {2}dataset\.validation asks for 2,000 images, .*: 576 are used\n$/,
  );
});

it('a run says so before anything starts, in words, as an event and in the log, and trains once', async () => {
  const folder = temporaryFolder();
  const results = ['--results', path.join(folder, 'results')];
  const spec = writeSpec(
    folder,
    'name: a\ndataset: { name: sprites-mini, train: 64, validation: 9999 }\nparameters: { hidden: [8] }\ntrain: { epochs: 1, batch_size: 65 }\n',
  );
  const json = await runCli(['run', spec, '--json', '--slots', '1', ...results]);
  const events = json.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; message?: string });
  const told = events.filter(({ type }) => type !== 'preparing');
  expect(told.map(({ type }) => type).slice(0, 3)).toEqual(['log', 'log', 'planned']);
  expect(told[0]).toMatchObject({ level: 'warn', trial: null });
  expect(told[0]!.message).toContain('sprites-mini has 576 held out for validation');
  expect(told[1]!.message).toContain('batch_size is 65, and there are 64 training images');
  const log = readFileSync(path.join(folder, 'results/a/sweep.log'), 'utf8');
  expect(log).toContain('sprites-mini has 576 held out');

  const words = await runCli(['run', spec, 'dataset.validation=10000', 'batch_size=64', '--slots', '1', ...results]);
  expect(words.stderr).toMatch(
    / note {4}! .*dataset\.validation asks for 10,000 images.*\n.* start {3}Going on with a: 1 of 1 trial done\n/,
  );
});

it.skipIf(MNIST_DATA_DIR === undefined)(
  mnistTitle('MNIST with 60000, 55000 or all training images is one trial; what is binarised is another'),
  async () => {
    const plans = await Promise.all(
      ['', ', train: 55000', ', train: 60000', ', binarization: static', ', validation: 0'].map((rest) =>
        plan(`{ name: mnist${rest} }`, '{}', MNIST_DATA_DIR),
      ),
    );
    const [all, written, tooMany, ...others] = plans.map(({ ids }) => ids[0]);
    expect([written, tooMany]).toEqual([all, all]);
    expect(new Set([all, ...others]).size).toBe(3);
    expect(plans.map(({ warnings }) => warnings.length)).toEqual([0, 0, 1, 0, 0]);
    expect(plans[2]!.warnings[0]).toContain('mnist has 55,000 to train on (another 10,000 are test images, 5,000 held');
  },
);
