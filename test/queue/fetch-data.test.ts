import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { examineImages, ownImages } from '../../src/data/own/examine.ts';
import { fetchData } from '../../src/queue/fetch-data.ts';
import type { JobMessage } from '../../src/queue/messages.ts';
import { jobPreparer } from '../../src/queue/prepare-job.ts';
import { trialId } from '../../src/trial/identity.ts';
import type { OwnReading } from '../../src/trial/trial.ts';
import { temporaryFolder } from '../cli/support.ts';
import { npy } from '../data/own/write.ts';
import { toyJob } from '../fixtures/executor-toy.ts';
import { client, coordinator } from '../transfer/support.ts';

let folder: string;
let images: string;
let message: JobMessage;

beforeEach(async () => {
  folder = temporaryFolder();
  const before = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = path.join(folder, 'cache');
  onTestFinished(() => void (process.env['XDG_CACHE_HOME'] = before));
  images = path.join(folder, 'faces.npy');
  const pixels = Uint8Array.from({ length: 20 * 6 }, (_, i) => i * 2);
  writeFileSync(images, npy([20, 3, 2], pixels));
  const { fingerprint, height, width, channels, splits, isBinary } = await examineImages(images);
  const shape = { images: 20, height, width, channels, splits, isBinary };
  const { config, ...job } = toyJob('finish');
  message = {
    ...{ type: 'job', uid: 'u', run: 'r', execution: 'r-1', device: 'cpu', kind: 'train' },
    ...{
      trial: job.trial,
      attempt: 1,
      seed: 1,
      alone: false,
      dataset: { fingerprint, files: { images: 'faces.npy' } },
    },
    config: { ...config, dataset: { ...config.dataset, name: 'faces', own: { path: images, fingerprint, ...shape } } },
  };
});

test('a message has no file of its choice read', async () => {
  const { url } = await coordinator();
  // Also none that blocks whoever opens it, nor one above a folder that may be read.
  const pipe = path.join(folder, 'pipe.npy');
  execFileSync('mkfifo', [pipe]);
  const inside = path.join(folder, 'inside');
  mkdirSync(inside);
  for (const given of [images, pipe, path.join(inside, '..'), '/dev/zero']) {
    const own = { ...message.config.dataset.own!, path: given };
    const job = { ...message, config: { ...message.config, dataset: { ...message.config.dataset, own } } };
    for (const dataDir of [undefined, inside])
      await expect(fetchData(job, client(url), { dataDir })).rejects.toMatchObject({ code: 'DATA_MISSING' });
  }
});

test('images are taken from the agent’s own folder, or where its own command names them', async () => {
  const { url } = await coordinator();
  const found = await fetchData(message, client(url), { images });
  expect(found.files).toEqual({ images });
  const data = path.join(folder, 'data');
  mkdirSync(data);
  renameSync(images, path.join(data, 'faces.npy'));
  const again = await fetchData(message, client(url), { dataDir: data });
  expect(again.files).toEqual({ images: path.join(data, 'faces.npy') });
});

test('images that are not here are fetched once', async () => {
  const { fingerprint } = message.dataset;
  const asked: string[] = [];
  const { url } = await coordinator({
    dataFile: (name, role) => (asked.push(role), name === fingerprint ? images : undefined),
  });
  for (let i = 0; i < 2; i++) {
    const { files } = await fetchData(message, client(url), {});
    expect(files['images']).toMatch(/cache\/vae-sweep\/fetched\/[0-9a-f]+\/faces\.npy$/);
  }
  expect(asked).toEqual(['images']);
});

test('labels in a file of their own come with the images, where models are told them; other labels are refused', async () => {
  const images = path.join(folder, 'my-images-idx3-ubyte');
  const labels = path.join(folder, 'my-labels-idx1-ubyte');
  const pixels = Uint8Array.from({ length: 20 * 6 }, (_, i) => i * 2);
  writeFileSync(images, Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, 2]), pixels]));
  writeFileSync(labels, Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 20, ...Array.from({ length: 20 }, (_, i) => i % 2)]));
  const facts = (await examineImages(images)).labels!;
  const told = { names: facts.names, fingerprint: facts.fingerprint };
  const own = { ...message.config.dataset.own!, path: images };
  const { fingerprint } = message.dataset;
  const job = (some: typeof told): JobMessage => ({
    ...message,
    config: { ...message.config, dataset: { ...message.config.dataset, own } },
    dataset: {
      ...{ fingerprint, labels: some },
      files: { images: 'my-images-idx3-ubyte', labels: 'my-labels-idx1-ubyte' },
    },
  });
  const { url } = await coordinator({ dataFile: (_, role) => ({ images, labels })[role] });
  const source = await fetchData(job(told), client(url), {});
  expect(source.labels).toEqual({ names: ['0', '1'], fingerprint: facts.fingerprint });
  expect(path.basename(source.files['labels']!)).toBe('my-labels-idx1-ubyte');
  const changed = fetchData(job({ ...told, fingerprint: 'f'.repeat(64) }), client(url), {});
  await expect(changed).rejects.toMatchObject({ code: 'DATA_CHANGED' });
});

test('what an agent remembers is a file as it is read: another table may have the same rows, less what is left out', async () => {
  const { url } = await coordinator();
  const data = path.join(folder, 'data');
  mkdirSync(data);
  const rows = Array.from({ length: 20 }, (_, i) => [`x${i}`, i / 4, (i * i) % 7]);
  const at = (name: string): string => path.join(data, name);
  writeFileSync(at('full.csv'), ['id,a,b', ...rows, ''].join('\n'));
  writeFileSync(at('less.csv'), ['a,b', ...rows.map(([, ...numbers]) => numbers), ''].join('\n'));
  const drop = { drop: ['id'] };
  const facts = await examineImages(at('full.csv'), { reading: drop });
  const { fingerprint } = await examineImages(at('less.csv'));
  expect(facts.fingerprint).toBe(fingerprint);
  const jobOf = (name: string, reading?: OwnReading): JobMessage => {
    const own = ownImages(`/elsewhere/${name}`, facts, reading);
    const config = { ...message.config, dataset: { ...message.config.dataset, name, own } };
    const trial = trialId(config, fingerprint, message.seed);
    return { ...message, trial, execution: 'e1', dataset: { fingerprint, files: { images: name } }, config };
  };
  const prepare = jobPreparer({ dataDir: data });
  const fileOf = async (job: JobMessage, from = url) =>
    (await prepare(job, client(from), path.join(folder, 'work'))).dataset.files['images']!;
  expect(await fileOf(jobOf('full.csv', drop))).toBe(at('full.csv'));
  expect(await fileOf(jobOf('less.csv'))).toBe(at('less.csv'));
  await expect(fileOf(jobOf('full.csv'))).rejects.toThrow(/column id is "x0"/);
  // Of two coordinators, which call them alike.
  for (const [name, reading] of [
    ['full.csv', drop],
    ['less.csv', undefined],
  ] as const) {
    const there = await coordinator({ dataFile: () => at(name) });
    const fetched = await fileOf(jobOf('table.csv', reading), there.url);
    expect(readFileSync(fetched, 'utf8')).toBe(readFileSync(at(name), 'utf8'));
  }
  expect(readFileSync(await fileOf(jobOf('table.csv', drop)), 'utf8')).toMatch(/^id,/);
});
