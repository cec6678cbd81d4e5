import { expect, test } from 'vitest';
import { SharedImages } from '../../src/executor/shared-images.ts';
import type { LoadedImages } from '../../src/executor/device-protocol.ts';
import type { TrialJob } from '../../src/trial/job.ts';
import { toyJob } from '../fixtures/executor-toy.ts';
import { loadImages } from '../fixtures/executor-toy-trial.ts';

const job = toyJob('finish');
const settings = { ...job.config.dataset, train: 7 };
const ofSevenImages: TrialJob = { ...job, config: { ...job.config, dataset: settings } };
const images: LoadedImages = { images: await loadImages(job) };
const failure: LoadedImages = { failure: { kind: 'data', message: 'no such images' } };

/** Shared images whose loads give `results` in turn; `loads` are the jobs that asked for one. */
function sharing(...results: readonly (LoadedImages | Error)[]): { shared: SharedImages; loads: TrialJob[] } {
  const loads: TrialJob[] = [];
  const shared = new SharedImages((asking) => {
    const result = results[loads.push(asking) - 1]!;
    return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
  });
  return { shared, loads };
}

test('jobs of equal data get the images of one load, also while it goes on', async () => {
  const { shared, loads } = sharing(images);
  expect(await Promise.all([shared.of(job), shared.of(toyJob('diverge', 'b'))])).toEqual([images, images]);
  expect(await shared.of(job)).toBe(images);
  expect(loads).toHaveLength(1);
});

test.each([
  ['settings', ofSevenImages],
  ['content', { ...job, dataset: { ...job.dataset, fingerprint: '1' } }],
])('other %s are loaded, and then the former ones again', async (_, other) => {
  const { shared, loads } = sharing(images, images, images);
  for (const asking of [job, other, job]) await shared.of(asking);
  expect(loads).toEqual([job, other, job]);
});

test('a failure is told to all who wait for the load, and tried again by the next', async () => {
  const { shared, loads } = sharing(failure, new Error('the thread ended'), images);
  expect(await Promise.all([shared.of(job), shared.of(job)])).toEqual([failure, failure]);
  await expect(shared.of(job)).rejects.toThrow('the thread ended');
  expect(await shared.of(job)).toBe(images);
  expect(loads).toHaveLength(3);
});

test('a failure of data that are no longer the last ones leaves those alone', async () => {
  const { shared, loads } = sharing(failure, images);
  const [first] = await Promise.all([shared.of(job), shared.of(ofSevenImages)]);
  expect(first).toBe(failure);
  expect(await shared.of(ofSevenImages)).toBe(images);
  expect(loads).toHaveLength(2);
});
