/** Issue 9, line 11: where files are found, and what is said where they are not. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { listDatasets } from '../../src/data/listing.ts';
import { locateDataset } from '../../src/data/locate.ts';
import { runProgram } from '../support/run-program.ts';
import { settings, TINY_TEST, TINY_TRAIN, tinyEntry, TWIN_TEST, TWIN_TRAIN, twinEntry, writeTiny } from './fixtures.ts';
import { temporaryFolder } from './temporary-folder.ts';

const TRAIN = 'train-images-idx3-ubyte';
const TEST = 't10k-images-idx3-ubyte';
const catalog = [tinyEntry(), twinEntry()];

const locate = (dataDir: string, name = 'tiny') =>
  locateDataset(settings(name), { dataDir, cacheDir: path.join(dataDir, 'no-cache'), catalog, download: false });

async function write(file: string, content: Buffer): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
}

describe('files are found', () => {
  test.each([
    ['where torchvision puts them', '', `TinyTwin/raw/${TRAIN}`, `TinyTwin/raw/${TEST}`],
    ['in a folder of another spelling', '', `Tiny-Twin/${TRAIN}`, `Tiny-Twin/${TEST}`],
    ['in the folder itself', 'tiny-twin', `tiny-twin/${TRAIN}`, `tiny-twin/${TEST}`],
    ['in a data folder of any name', 'stuff', `stuff/${TRAIN}`, `stuff/${TEST}`],
    ['in the raw folder itself', 'TinyTwin/raw', `TinyTwin/raw/${TRAIN}`, `TinyTwin/raw/${TEST}`],
    ['above a raw folder', 'TinyTwin', `TinyTwin/raw/${TRAIN}.gz`, `TinyTwin/raw/${TEST}.gz`],
    ['with a dot in the name', '', 'tiny-twin/train-images.idx3-ubyte', 'tiny-twin/t10k-images.idx3-ubyte.gz'],
    [
      'in folders of their own names',
      '',
      `tiny-twin/${TRAIN}/train-images.idx3-ubyte`,
      `tiny-twin/t10k-images.idx3-ubyte/t10k-images.idx3-ubyte`,
    ],
  ])('%s', async (_where, given, train, test) => {
    const parent = await temporaryFolder();
    await write(path.join(parent, train), TWIN_TRAIN);
    await write(path.join(parent, test), gzipSync(TWIN_TEST));
    const dataDir = path.join(parent, given);
    expect((await locate(dataDir, 'tiny-twin')).files).toEqual({
      'train-images': path.join(parent, train),
      'test-images': path.join(parent, test),
    });
    const [, listed] = await listDatasets({ dataDir, cacheDir: path.join(parent, 'no-cache'), catalog });
    expect(listed).toMatchObject({ availability: 'present', problem: null });
  });

  test('but not those of another data set that happens to lie in the data folder', async () => {
    const dataDir = await temporaryFolder();
    await write(path.join(dataDir, TRAIN), TWIN_TRAIN);
    await write(path.join(dataDir, TEST), TWIN_TEST);
    expect((await locate(dataDir, 'tiny-twin')).name).toBe('tiny-twin');
    await expect(locate(dataDir)).rejects.toMatchObject({ code: 'DATA_MISSING' });
    await expect(locate(dataDir)).rejects.toThrow(`  ${dataDir}: the files there are those of tiny-twin\n`);
    const inside = await writeTiny(dataDir, { gzip: false });
    expect((await locate(dataDir)).files['train-images']).toBe(path.join(inside, TRAIN));
  });
});

describe('of files that are not there', () => {
  test.each([
    [TRAIN, TEST],
    [TEST, TRAIN],
  ])('%s alone: the message names it, and what is there', async (lacking, there) => {
    const dataDir = await temporaryFolder();
    const folder = await writeTiny(dataDir, { gzip: true });
    const file = path.join(folder, `${lacking}.gz`);
    await rm(file);
    const locating = locate(dataDir);
    await expect(locating).rejects.toMatchObject({ code: 'DATA_MISSING' });
    await expect(locating).rejects.toThrow(`Of the data set tiny a file is missing: ${lacking}[.gz].`);
    await expect(locating).rejects.toThrow(`  ${folder}: it has ${there}.gz, but no ${lacking}[.gz]\n`);
    await expect(locating).rejects.toThrow(`\n  curl -fLo ${file} ${lacking}.gz\n`);
    const [listed] = await listDatasets({ dataDir, cacheDir: path.join(dataDir, 'no-cache'), catalog });
    expect(listed).toMatchObject({ availability: 'missing', folder: null });
    expect(listed!.problem).toContain(`${folder}: it has ${there}.gz, but no ${lacking}[.gz]`);
  });

  test('the message tells an empty folder from one that does not exist', async () => {
    const dataDir = await temporaryFolder();
    await mkdir(path.join(dataDir, 'tiny'));
    await expect(locate(dataDir)).rejects.toThrow(`  ${dataDir}/tiny: it has neither file\n`);
    await expect(locate(`${dataDir}/typo`)).rejects.toThrow(`  ${dataDir}/typo/tiny: there is no such folder\n`);
  });
});

describe('what can not be looked at is not called missing:', () => {
  test.each([
    ['a file where the data folder should be', 'file', 'is a file, and should be a folder'],
    ['a file where the data set’s folder should be', 'tiny', 'is a file, and should be a folder'],
  ])('%s', async (_case, name, says) => {
    const parent = await temporaryFolder();
    const file = path.join(parent, name);
    await writeFile(file, '');
    const locating = locate(name === 'tiny' ? parent : file);
    await expect(locating).rejects.toMatchObject({ code: 'DATA_MISSING' });
    await expect(locating).rejects.toThrow(`${file} ${says}`);
    await expect(locating).rejects.not.toThrow('not on this machine');
  });

  test('a folder where a file should be, a link in a circle, a link to nothing', async () => {
    const dataDir = await temporaryFolder();
    const file = path.join(await writeTiny(dataDir, { gzip: false }), TRAIN);
    await rm(file);
    await mkdir(file);
    await expect(locate(dataDir)).rejects.toThrow(`${file} is a folder, and should be a file.`);
    await rm(file, { recursive: true });
    await symlink(TRAIN, file);
    await expect(locate(dataDir)).rejects.toThrow(`${file} is a link that leads back to itself.`);
    await rm(file);
    await symlink('/no/where', file);
    await expect(locate(dataDir)).rejects.toThrow(`${file} is a link to /no/where, which is not there.`);
    const [listed] = await listDatasets({ dataDir, cacheDir: path.join(dataDir, 'no-cache'), catalog });
    expect(listed!.availability).toBe('unusable');
    expect(listed!.problem).toContain('/no/where');
  });

  // Root may read everything, so it has to become another user for this: in a process of its own.
  const isRoot = process.getuid?.() === 0;
  test.each([
    ['folder', 'tiny', 'u+rx'],
    ['file', `tiny/${TRAIN}`, 'u+r'],
  ])('a %s without the right to read it, which the command that is given mends', async (_kind, locked, right) => {
    const dataDir = await temporaryFolder();
    await chmod(dataDir, 0o755);
    await writeTiny(dataDir, { gzip: false });
    const place = path.join(dataDir, locked);
    await chmod(place, 0o000);
    const script = `
      import { locateDataset } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../src/data/locate.ts'))};
      import { tinyEntry } from ${JSON.stringify(path.resolve(import.meta.dirname, 'fixtures.ts'))};
      ${isRoot ? 'process.setgroups([]); process.setgid(65534); process.setuid(65534);' : ''}
      const dataset = { name: 'tiny', train: null, validation: null, binarization: 'grey' };
      const options = { dataDir: ${JSON.stringify(dataDir)}, cacheDir: '/no-cache', catalog: [tinyEntry()], download: false };
      console.log(await locateDataset(dataset, options).then(() => 'found', (error) => error.message));
    `;
    const ask = (): string => {
      const { stdout, stderr } = runProgram(process.execPath, ['--input-type=module', '-e', script]);
      expect(stderr).toBe('');
      return stdout;
    };
    if (isRoot) execFileSync('chown', ['-R', '65534', dataDir]);
    const message = ask();
    expect(message).toContain(`permission to read ${locked === 'tiny' ? place : 'it'} is denied`);
    expect(message).toContain(`\n  chmod ${right} ${place}\n`);
    expect(message).not.toContain('not on this machine');
    execFileSync('sh', ['-c', /^ {2}(chmod .*)$/m.exec(message)![1]!]);
    expect(ask()).toBe('found\n');
  });
});

test('a file that was found can be moved to where another spelling expects it', async () => {
  const dataDir = await temporaryFolder();
  const folder = await writeTiny(dataDir, { gzip: false });
  const before = await locate(dataDir);
  await rename(folder, path.join(dataDir, 'TINY'));
  const after = await locate(dataDir);
  expect(after.fingerprint).toBe(before.fingerprint);
  expect([TINY_TRAIN.length, TINY_TEST.length]).toEqual([256, 76]);
});
