/** Issue 9, line 11: a wrong file is told by what it is, and the remedy works when it is followed word by word. */
import { execFile, spawnSync } from 'node:child_process';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { FileDataset } from '../../src/data/definition.ts';
import { listDatasets } from '../../src/data/listing.ts';
import { locateDataset } from '../../src/data/locate.ts';
import type { DatasetSource } from '../../src/data/source.ts';
import { serveFiles } from './file-server.ts';
import {
  idxFile,
  settings,
  TINY_TEST,
  TINY_TRAIN,
  tinyEntry,
  TWIN_TEST,
  TWIN_TRAIN,
  twinEntry,
  writeTiny,
} from './fixtures.ts';
import { temporaryFolder } from './temporary-folder.ts';

const TRAIN = 'train-images-idx3-ubyte';
const TEST = 't10k-images-idx3-ubyte';

interface Place {
  readonly dataDir: string;
  /** Where the files of `tiny` are. */
  readonly folder: string;
  readonly locate: (download?: boolean) => Promise<DatasetSource>;
  readonly list: () => ReturnType<typeof listDatasets>;
}

/** A folder with spaces in its name, and a data set of which all is well. */
async function place(entry: FileDataset = tinyEntry(), gzip = false): Promise<Place> {
  const dataDir = path.join(await temporaryFolder(), "a user's data");
  const options = { dataDir, cacheDir: path.join(dataDir, 'cache'), catalog: [entry, twinEntry()] };
  return {
    dataDir,
    folder: await writeTiny(dataDir, { gzip }),
    locate: (download = false) => locateDataset(settings('tiny'), { ...options, download }),
    list: () => listDatasets(options),
  };
}

/** The error's message; the listing says the same. */
async function refusal({ locate, list }: Place): Promise<string> {
  const error = await locate().then(
    () => undefined,
    (reason: unknown) => reason as Error & { code: string },
  );
  expect(error).toMatchObject({ code: 'DATA_CORRUPT' });
  expect((await list())[0]).toMatchObject({ availability: 'unusable', folder: null, problem: error!.message });
  return error!.message;
}

/** Runs the commands of a message that start with this word, as a reader would paste them. */
async function follow(message: string, command: string): Promise<void> {
  const lines = message.split('\n').filter((line) => line.startsWith(`  ${command} `));
  expect(lines).toHaveLength(1);
  await promisify(execFile)('sh', ['-c', lines[0]!]);
}

const hasCurl = spawnSync('curl', ['--version']).status === 0;

test.each([true, false])(
  'files that have each other’s name are recognised, and exchanged by the command that is given (gzip: %s)',
  async (gzip) => {
    const here = await place(tinyEntry(), gzip);
    const suffix = gzip ? '.gz' : '';
    const [train, test] = [TRAIN, TEST].map((name) => path.join(here.folder, name + suffix)) as [string, string];
    await rename(train, `${train}.x`);
    await rename(test, train);
    await rename(`${train}.x`, test);
    const message = await refusal(here);
    expect(message).toContain(`${train} is not the training images of tiny: it is the test images of tiny.`);
    expect(message).not.toMatch(/damaged|\brm\b/);
    await follow(message, 'mv');
    expect((await here.locate()).files).toEqual({ 'train-images': train, 'test-images': test });
    expect((await here.list())[0]).toMatchObject({ availability: 'present', problem: null });
  },
);

test('another data set’s files under the same names are not taken for this one, in whatever form', async () => {
  for (const gzip of [true, false]) {
    const here = await place(tinyEntry(), gzip);
    const write = (name: string, content: Buffer) =>
      writeFile(path.join(here.folder, gzip ? `${name}.gz` : name), gzip ? gzipSync(content) : content);
    await write(TRAIN, TWIN_TRAIN);
    await write(TEST, TWIN_TEST);
    const message = await refusal(here);
    expect(message).toContain(`is not the training images of tiny: it is the training images of tiny-twin.`);
    expect(message).toContain('In a folder DIR/tiny-twin it is found for `dataset: tiny-twin` by --data DIR.');
    expect((await here.list())[1]).toMatchObject({ name: 'tiny-twin', availability: 'missing' });
    await rename(here.folder, path.join(here.dataDir, 'tiny-twin'));
    expect((await here.list())[1]).toMatchObject({ name: 'tiny-twin', availability: 'present' });
  }
});

const html = '<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head></html>';
const flipped = Buffer.from(TINY_TRAIN);
flipped[100]! ^= 1;
const cutGzip = gzipSync(TINY_TRAIN).subarray(0, 60);
const brokenGzip = gzipSync(TINY_TRAIN);
brokenGzip[brokenGzip.length - 6]! ^= 1;

describe.each([
  ['a web page', Buffer.from(html), 'it is a web page (HTML), as a failed download leaves it'],
  ['a compressed web page', gzipSync(html), 'it is a web page (HTML), as a failed download leaves it'],
  [
    'a refusal of a server',
    Buffer.from('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
    'it is an XML text',
  ],
  ['a pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:440f\n'), 'a pointer of Git LFS'],
  ['a text', Buffer.from('404: Not Found'), 'it is a text that starts with "404: Not Found"'],
  ['a zip archive', Buffer.from('PK\u0003\u0004zip'), 'it is a zip archive'],
  ['what was compressed twice', gzipSync(gzipSync(TINY_TRAIN)), 'it is compressed twice'],
  ['labels', idxFile([40], new Uint8Array(40)), 'it is an IDX file of 40 labels'],
  ['other images', idxFile([7, 5, 5], new Uint8Array(175)), 'it is an IDX file of 7 images of 5×5'],
  ['zeros', Buffer.alloc(256), 'it is nothing but zero bytes'],
  ['anything else', Buffer.from([0xde, 0xad, 0xbe, 0xef, 9]), 'no IDX file of bytes: its first bytes are 0xdeadbeef'],
  [
    'black images',
    idxFile([40, 3, 2], new Uint8Array(240)),
    'is not the training images of tiny: all of its pixels are black',
  ],
  ['one changed pixel', flipped, 'though of their size: the sha256 of its content is'],
  ['nothing', Buffer.alloc(0), 'is damaged: it is empty'],
  ['a part of the header', TINY_TRAIN.subarray(0, 9), 'is damaged: it is cut off, with 9 bytes instead of 256'],
  ['a part', TINY_TRAIN.subarray(0, 99), 'is damaged: it is cut off, with 99 bytes instead of 256'],
  ['too much', Buffer.concat([TINY_TRAIN, TINY_TRAIN]), 'is damaged: it is too long'],
  [
    'too much, compressed',
    gzipSync(Buffer.concat([TINY_TRAIN, TINY_TRAIN])),
    'is damaged: it unpacks to more than 256 bytes',
  ],
  ['a gzip bomb', gzipSync(Buffer.concat([TINY_TRAIN, Buffer.alloc(50_000_000)])), 'unpacks to more than 256 bytes'],
  [
    'a part of a compressed file',
    cutGzip,
    'is damaged: it is cut off: its compressed data end too soon, after 60 bytes',
  ],
  ['a compressed file with a wrong checksum', brokenGzip, "is damaged: gzip can't unpack it (incorrect data check)"],
])('%s in place of the training images', (_name, content, says) => {
  test('is refused as what it is; following the advice either way gives the original', async () => {
    const mirror = await serveFiles({ [`${TRAIN}.gz`]: gzipSync(TINY_TRAIN), [`${TEST}.gz`]: gzipSync(TINY_TEST) });
    const here = await place(tinyEntry([mirror]));
    const file = path.join(here.folder, TRAIN);
    await writeFile(file, content);
    const message = await refusal(here);
    expect(message).toContain(file);
    expect(message).toContain(says);
    expect(message).not.toMatch(/0x3c/);

    if (hasCurl) {
      await follow(message, 'curl');
      expect((await here.locate()).files['train-images']).toBe(file);
    }
    await follow(message, 'rm');
    expect((await here.locate(true)).files['train-images']).toContain('cache');
  });
});
