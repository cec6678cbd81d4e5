import { expect, test } from 'vitest';
import { readToRun, readToAgent } from '../../src/queue/messages.ts';
import type { News } from '../../src/trial/event.ts';
import { toyJob } from '../fixtures/executor-toy.ts';

const job = {
  ...{
    type: 'job',
    uid: 'u',
    run: 'r',
    execution: 'r-1',
    device: 'gpu:0',
    kind: 'train',
    trial: 't',
    attempt: 1,
    seed: 1,
    alone: false,
  },
  config: toyJob('finish').config,
  dataset: { fingerprint: 'f', files: { images: 'train-images-idx3-ubyte.gz' } },
};
const reading = (message: object): unknown => readToAgent(JSON.stringify(message));

test('a job is read as it was sent', () => {
  expect(reading(job)).toEqual(job);
});

test("a job on images of one's own, brought to a size", () => {
  const own = {
    ...{ path: '/data/photos', fingerprint: 'f', images: 9, height: 4, width: 3, channels: 1, isBinary: false },
    ...{ splits: { train: 7, validation: 1, test: 1 }, hasTestSet: true },
    reading: { size: [4, 3], resize: 'fit', channels: 'grey' },
  };
  const { config } = job;
  const sent = { ...job, config: { ...config, dataset: { ...config.dataset, own } } };
  expect(reading(sent)).toEqual(sent);
});

test.each([
  ['a folder above', { execution: '..' }],
  ['a path', { execution: 'a/b' }],
  ['an absolute path as a file', { dataset: { ...job.dataset, files: { images: '/etc/passwd' } } }],
  ['a file above', { dataset: { ...job.dataset, files: { images: '..' } } }],
  ['a module', { modules: { trial: 'file:///tmp/evil.js' } }],
  ['a folder of its own', { directory: '/tmp' }],
  ['a parameter that nobody knows', { config: { ...job.config, parameters: { evil: 1 } } }],
  ['a value out of range', { config: { ...job.config, parameters: { ...job.config.parameters, latent_dim: 1e12 } } }],
  ['half a step', { attempt: 1.5 }],
])('a job with %s is none', (_what, change) => {
  expect(reading({ ...job, ...change })).toBeUndefined();
});

test('all that an attempt tells is read as it was sent', () => {
  const record = {
    epoch: 1,
    step: 3,
    metrics: { 'val/elbo': -0.1 + 0.3, 'val/kl': 5e-324 },
    seconds: 0.25,
    cpuSeconds: null,
  };
  const summary = { bestEpoch: 1, epochs: 1, metrics: record.metrics, klPerDimension: [1 / 3], trainableWeights: 7 };
  const news: News[] = [
    { event: { type: 'placed', device: 'cpu' } },
    {
      event: {
        type: 'started',
        engine: { engine: 'compiled', provider: 'cpu' },
        bitClass: 'compiled/cpu with ONNX Runtime 1.24.3, bits 3f9a12c40b7e',
        history: [record],
        rejectedCheckpoint: 'no',
      },
    },
    { event: { type: 'epoch', record } },
    { event: { type: 'progress', epoch: 2, fraction: 0.5, imagesPerSecond: 10 } },
    { event: { type: 'log', level: 'warn', message: 'm' } },
    { outcome: { kind: 'completed', summary } },
    { outcome: { kind: 'tested', metrics: record.metrics } },
    { outcome: { kind: 'diverged', message: 'm' } },
    { outcome: { kind: 'stopped', reason: 'paused' } },
    { outcome: { kind: 'failed', failure: { kind: 'storage', message: 'm', code: 'ENOSPC', stack: 's' } } },
    { outcome: { kind: 'lost', cause: 'c', culprit: 'unknown' } },
  ];
  const ends = [{ outcome: { kind: 'superseded', outcome: { kind: 'completed', summary } } }];
  const reports = [{ execution: 'r-1', number: 4, news: [...news, ...ends] }];
  expect(readToRun(JSON.stringify(reports))).toEqual(reports);
});

test('what is too long is not parsed', () => {
  expect(
    readToRun(JSON.stringify([{ execution: 'e', number: 0, news: [] }]) + ' '.repeat(9 * 2 ** 20)),
  ).toBeUndefined();
});
