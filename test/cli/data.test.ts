/** Issue 9, line 11: what the commands say about data sets is true of the files, and helps. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { idxFile, MNIST_DATA_DIR, mnistTitle } from '../data/fixtures.ts';
import { runCli, temporaryFolder, writeSpec } from './support.ts';

const FILES = ['train-images-idx3-ubyte.gz', 't10k-images-idx3-ubyte.gz'] as const;
const [TRAIN, TEST] = FILES;

/** Commands in a place of their own, without a cache. */
function place() {
  const folder = temporaryFolder();
  const env = { SWEEP_DATA: folder, XDG_CACHE_HOME: path.join(folder, 'cache'), SWEEP_RESULTS: path.join(folder, 'r') };
  const spec = (dataset: string) => writeSpec(folder, `name: a\ndataset: ${dataset}\nparameters: { beta: 1 }\n`);
  return {
    folder,
    plan: (dataset: string) => runCli(['plan', spec(dataset)], env),
    run: (dataset: string) => runCli(['run', spec(dataset), 'epochs=1', 'dataset.train=64'], env),
    data: async () => (await runCli(['data'], { ...env, COLUMNS: '200' })).stdout,
    availability: async () => {
      const { datasets } = JSON.parse((await runCli(['data', '--json'], env)).stdout) as {
        datasets: { name: string; availability: string; problem: string | null }[];
      };
      return Object.fromEntries(datasets.map(({ name, availability }) => [name, availability]));
    },
    doctor: async () => (await runCli(['doctor', '--device', 'cpu'], { ...env, COLUMNS: '80' })).stdout,
    /** Copies of the original MNIST in a folder of this name. */
    mnist: (name: string): string => {
      const to = path.join(folder, name);
      mkdirSync(to, { recursive: true });
      for (const file of FILES) copyFileSync(path.join(MNIST_DATA_DIR!, 'mnist', file), path.join(to, file));
      return to;
    },
  };
}

it('a web page saved under the name of a file is called one by plan, run, data and doctor', async () => {
  const { folder, plan, run, data, availability, doctor } = place();
  mkdirSync(path.join(folder, 'mnist'));
  const file = path.join(folder, 'mnist', TRAIN);
  writeFileSync(file, '<!doctype html><title>Sign in</title>');
  writeFileSync(path.join(folder, 'mnist', TEST), '<!doctype html><title>Sign in</title>');
  const says = `${file} is not the training images of mnist: it is a web page (HTML)`;
  for (const ended of [await plan('mnist'), await run('mnist')]) {
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(says);
  }
  expect(await data()).toContain(says);
  expect(await availability()).toMatchObject({ mnist: 'unusable', 'fashion-mnist': 'missing' });
  const found = await doctor();
  expect(found.replaceAll(/\n +/g, ' ')).toContain(says);
  // The command is whole, on a line of its own, however narrow the terminal.
  expect(found).toMatch(new RegExp(`\n +curl -fLo ${file} https://\\S+${TRAIN}\n`));
});

it('black images are not accepted as Fashion-MNIST', async () => {
  const { folder, plan, availability } = place();
  mkdirSync(path.join(folder, 'fashion-mnist'));
  writeFileSync(path.join(folder, 'fashion-mnist', TRAIN), idxFile([60_000, 28, 28], new Uint8Array(60_000 * 784)));
  writeFileSync(path.join(folder, 'fashion-mnist', TEST), idxFile([10_000, 28, 28], new Uint8Array(10_000 * 784)));
  const { code, stderr } = await plan('fashion-mnist');
  expect(code).toBe(2);
  expect(stderr).toContain('is not the training images of fashion-mnist: all of its pixels are black.');
  expect(await availability()).toMatchObject({ 'fashion-mnist': 'unusable' });
});

it('a data folder that is a file is not said to lack the data set', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  const spec = writeSpec(folder, 'name: a\ndataset: mnist\nparameters: { beta: 1 }\n');
  const { code, stderr } = await runCli(['plan', spec, '--data', file]);
  expect(code).toBe(2);
  expect(stderr).toContain(`${file} is a file, and should be a folder.`);
});

describe.skipIf(MNIST_DATA_DIR === undefined)(mnistTitle('the files of MNIST'), () => {
  it('are not accepted as Fashion-MNIST, but recognised', async () => {
    const { plan, mnist, availability } = place();
    const file = path.join(mnist('fashion-mnist'), TRAIN);
    const { code, stderr } = await plan('fashion-mnist');
    expect(code).toBe(2);
    expect(stderr).toContain(
      `${file} is not the training images of fashion-mnist: it is the training images of mnist.`,
    );
    expect(await availability()).toMatchObject({ mnist: 'missing', 'fashion-mnist': 'unusable' });
  });

  it('with exchanged names are recognised, and the command that is given puts them right', async () => {
    const { plan, mnist, availability } = place();
    const folder = mnist('mnist');
    renameSync(path.join(folder, TRAIN), path.join(folder, 'x'));
    renameSync(path.join(folder, TEST), path.join(folder, TRAIN));
    renameSync(path.join(folder, 'x'), path.join(folder, TEST));
    const { code, stderr } = await plan('mnist');
    expect(code).toBe(2);
    expect(stderr).toContain(`${TRAIN} is not the training images of mnist: it is the test images of mnist.`);
    expect(stderr).not.toMatch(/damaged|\brm\b/);
    execFileSync('sh', ['-c', /^ {2}(mv .*)$/m.exec(stderr)![1]!]);
    expect(await plan('mnist')).toMatchObject({ code: 0 });
    expect(await availability()).toMatchObject({ mnist: 'present' });
  });

  it.each(['MNIST/raw', 'Mnist', '.', 'raw'])('are found in %s', async (name) => {
    const { plan, mnist, data, folder } = place();
    mnist(name);
    expect(await plan('mnist')).toMatchObject({ code: 0 });
    expect(await data()).toMatch(new RegExp(`^ mnist .* ${path.join(folder, name)}$`, 'm'));
  });

  it('are found under the names that Kaggle gives them', async () => {
    const { plan, mnist } = place();
    const folder = mnist('mnist');
    renameSync(path.join(folder, TRAIN), path.join(folder, 'train-images.idx3-ubyte.gz'));
    const plain = gunzipSync(readFileSync(path.join(folder, TEST)));
    renameSync(path.join(folder, TEST), path.join(folder, 'x'));
    writeFileSync(path.join(folder, 't10k-images.idx3-ubyte'), plain);
    expect(await plan('mnist')).toMatchObject({ code: 0 });
  });

  it('when cut off are listed as damaged, compressed or not', async () => {
    const { plan, mnist, data, doctor, availability } = place();
    const folder = mnist('mnist');
    const whole = readFileSync(path.join(folder, TEST));
    for (const [name, content, says] of [
      [TEST, whole.subarray(0, 1_000_000), 'its compressed data end too soon, after 1,000,000 bytes'],
      [TEST, gunzipSync(whole).subarray(0, 1_000_000), 'it is cut off, with 1,000,000 bytes instead of 7,840,016'],
    ] as const) {
      writeFileSync(path.join(folder, name), content);
      const file = path.join(folder, name);
      expect((await plan('mnist')).stderr).toContain(says);
      expect(await availability()).toMatchObject({ mnist: 'unusable' });
      expect(await data()).toContain(`${file} is damaged:`);
    }
    const file = path.join(folder, TEST);
    expect((await doctor()).replaceAll(/\n +/g, ' ')).toContain(`${file} is damaged:`);
  });
});
