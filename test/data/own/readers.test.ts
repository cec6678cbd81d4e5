import { readFileSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateRawSync, gzipSync, crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openImages } from '../../../src/data/own/open-images.ts';
import { pictureShape, readPicture } from '../../../src/data/own/pictures/picture.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { chunk, npy, npyWithHeader, png } from './write.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');

/** What NumPy and Pillow say is in them: see write-fixtures.py. */
const EXPECTED = JSON.parse(readFileSync(path.join(FIXTURES, 'expected.json'), 'utf8')) as Record<
  string,
  { shape: number[]; pixels: string }
>;
const names = Object.keys(EXPECTED).filter((name) => !/^(png|jpeg)\//.test(name));
const pictures = Object.keys(EXPECTED).filter((name) => /^(png|jpeg)\//.test(name));

async function read(place: string): Promise<{ shape: number[]; pixels: string }> {
  const stream = await openImages(place);
  const pieces: Buffer[] = [];
  for await (const piece of stream.read()) pieces.push(Buffer.from(piece));
  const { images, height, width, channels } = stream;
  return { shape: [images, height, width, channels], pixels: Buffer.concat(pieces).toString('hex') };
}

const withChannels = (shape: readonly number[], dimensions: number): number[] =>
  shape.length === dimensions ? [...shape] : [...shape, 1];

describe('readers of own images', () => {
  it.each(names)('reads %s as NumPy and Pillow do', async (name) => {
    const { shape, pixels } = EXPECTED[name]!;
    expect(await read(path.join(FIXTURES, name))).toEqual({ shape: withChannels(shape, 4), pixels });
  });

  it.each(pictures)('reads %s as Pillow does', async (name) => {
    const { shape, pixels } = EXPECTED[name]!;
    const file = path.join(FIXTURES, name);
    const { height, width, channels, bytes } = await readPicture(file, 10_000);
    expect(await pictureShape(file)).toEqual({ height, width, channels });
    expect([height, width, channels]).toEqual(withChannels(shape, 3));
    expect(Buffer.from(bytes).toString('hex')).toBe(pixels);
  });

  it('reads in pieces of whole images what is larger than a piece', async () => {
    const folder = await temporaryFolder();
    const pixels = Uint8Array.from({ length: 3000 * 40 * 40 }, (_, i) => (i * 7) >> 5);
    const file = path.join(folder, 'large.npy');
    await writeFile(file, npy([3000, 40, 40], pixels));
    const sizes: number[] = [];
    const all: Buffer[] = [];
    for await (const piece of (await openImages(file)).read()) {
      sizes.push(piece.length);
      all.push(Buffer.from(piece));
    }
    expect(sizes.length).toBeGreaterThan(3);
    expect(sizes.every((size) => size % 1600 === 0)).toBe(true);
    expect(Buffer.concat(all).equals(Buffer.from(pixels))).toBe(true);
  });

  it('follows a link to a file, and none to a folder, which may lead back', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'a.png'), png(2, 2, [1, 2, 3, 4]));
    await symlink('a.png', path.join(folder, 'b.png'));
    await symlink('.', path.join(folder, 'round.d'));
    await mkdir(path.join(folder, '.hidden'));
    expect(await read(folder)).toEqual({ shape: [2, 2, 2, 1], pixels: '0102030401020304' });
  });
});

const refusal = async (place: string): Promise<string> => {
  const error = await read(place).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'SweepError' });
  const { message } = error as Error;
  expect(message).toContain(place);
  return message;
};

describe('what is refused', () => {
  it.each([
    ['refused-fortran.npy', /Fortran's order.*np\.ascontiguousarray/],
    ['refused-big-endian.npy', /big-endian \(dtype >f4\).*newbyteorder/],
    ['refused-object.npy', /Python objects.*aren't run/],
    ['refused-int64.npy', /dtype int64.*astype\(np\.uint8\)/],
    ['refused-structured.npy', /structured array/],
    ['refused-rows.npy', /table of numbers, where images are meant/],
    ['refused-channels-first.npy', /12 × 3 × 5 × 7.*transpose\(0, 2, 3, 1\)/],
    ['refused-nothing.npy', /holds no pixel/],
    ['refused-nan.npy', /image \d+, row \d, column \d \(counted from 0\) is NaN/],
    ['refused-white-255.npy', /is \d+, and values are read from 0 to 1\. If white is 255/],
    ['refused-several.npz', /several arrays that could be meant: train \(12 × 5 × 7\), test \(12 × 5 × 7\)/],
    ['refused-labels.npz', /no samples in it/],
  ])('%s', async (name, message) => {
    expect(await refusal(path.join(FIXTURES, name))).toMatch(message);
  });

  it.each([
    ['png/refused-alpha.png', /transparent pixels.*-alpha remove/],
    ['png/refused-colour-of-nothing.png', /transparent pixels/],
    ['png/refused-palette-of-nothing.png', /transparent pixels/],
    ['jpeg/refused-cmyk.jpg', /CMYK/],
    ['jpeg/refused-cut.jpg', /it is cut off/],
    ['jpeg/refused-header-alone.jpg', /it is cut off/],
    ['jpeg/refused-rare.jpg', /of a rare kind/],
  ])('%s', async (name, message) => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'a.png'), await readFile(path.join(FIXTURES, name)));
    expect(await refusal(folder)).toMatch(message);
  });

  const pixels = new Uint8Array(60).fill(9);
  const whole = npy([3, 4, 5], pixels);
  it.each<[string, Buffer, RegExp]>([
    ['an empty file', Buffer.alloc(0), /it is empty/],
    ['nothing but a magic', whole.subarray(0, 6), /header is cut off/],
    ['half a header', whole.subarray(0, 40), /header is cut off/],
    [
      'half its pixels',
      whole.subarray(0, -30),
      /is cut off: its header says 3 × 4 × 5 of uint8, 60 bytes, and 30 bytes follow/,
    ],
    ['more than its pixels', Buffer.concat([whole, pixels]), /goes on after its array/],
    ['a header that says more', npy([3_000_000_000, 4, 5], pixels), /is cut off/],
    ['a header that says what no machine has', npy([9e15, 9e15, 9e15], pixels), /is cut off/],
    [
      'a header that says no safe number',
      npyWithHeader("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999, 1, 1), }", pixels),
      /shape that no array has/,
    ],
    [
      'a header of 4 GB',
      Buffer.concat([Buffer.from('\x93NUMPY\x02\x00\xff\xff\xff\xff', 'latin1'), pixels]),
      /claims to be 4294967/,
    ],
    [
      'a version of the future',
      Buffer.concat([Buffer.from('\x93NUMPY\x09\x00\x10\x00', 'latin1'), pixels]),
      /version 9/,
    ],
    ['a header without a shape', npyWithHeader("{'descr': '|u1', 'fortran_order': False}", pixels), /names no shape/],
    ['a web page', Buffer.from('<html>not found</html>'), /web page/],
    ['a JPEG', Buffer.from('ffd8ffe000104a46', 'hex'), /a single picture/],
    [
      'IDX that is cut off',
      Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5]), pixels.subarray(9)]),
      /is cut off: 51 bytes/,
    ],
    [
      'IDX with more',
      Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5]), pixels, pixels]),
      /goes on after/,
    ],
    [
      'gzip of something else',
      gzipSync(Buffer.from('hello')),
      /what gzip packed in it is a text that starts with "hello"/,
    ],
    [
      'gzip that is cut off',
      gzipSync(Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5]), pixels])).subarray(0, -12),
      /end too soon/,
    ],
    [
      'an archive that is cut off',
      zip([{ name: 'x.npy', content: whole }]).subarray(0, -30),
      /directory at its end is missing/,
    ],
    ['an archive with another checksum', zip([{ name: 'x.npy', content: whole, crc: 1 }]), /another checksum/],
    [
      'an archive whose array is longer than it says',
      zip([{ name: 'x.npy', content: whole, bytes: whole.length - 1 }]),
      /longer than it says/,
    ],
    ['an archive of an encrypted file', zip([{ name: 'x.npy', content: whole, flags: 1 }]), /encrypted/],
    ['an archive of nothing', zip([]), /no array/],
  ])('%s', async (_what, content, message) => {
    const file = path.join(await temporaryFolder(), 'file.npy');
    await writeFile(file, content);
    expect(await refusal(file)).toMatch(message);
  });

  it('a zip bomb, before it is unpacked', async () => {
    const file = path.join(await temporaryFolder(), 'bomb.npz');
    // A kilobyte a megabyte: the array claims 60 values, and a gigabyte is packed behind it.
    const content = Buffer.concat([whole, Buffer.alloc(2 ** 27)]);
    for (const bytes of [content.length, whole.length]) {
      await writeFile(file, zip([{ name: 'x.npy', content, bytes }]));
      const before = process.memoryUsage().rss;
      expect(await refusal(file)).toMatch(bytes === content.length ? /goes on after/ : /longer than it says/);
      expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 26);
    }
  });

  it('a PNG that packs more than its header says', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'bomb.png'), png(2, 2, new Uint8Array(2 ** 26), { row: 2 ** 26 }));
    expect(await refusal(folder)).toMatch(/more pixels than its header says/);
  });

  const one = png(2, 2, [1, 2, 3, 4]);
  it.each<[string, Record<string, Buffer>, RegExp]>([
    ['an empty folder', {}, /there is no file in it/],
    ['a folder of texts', { 'a.txt': Buffer.from('x') }, /there is no PNG and no JPEG in it, but 1 other file/],
    ['a folder with a WebP', { 'a.png': one, 'b.WebP': Buffer.from('x') }, /b\.WebP: WEBP isn't read/],
    ['a JPEG of nothing', { 'a.jpg': Buffer.from('ffd8ffd9', 'hex') }, /its size is missing/],
    ['a JPEG of noise', { 'a.jpg': jpegOf(Buffer.from('ffda0002123456ffd9', 'hex')) }, /can't be unpacked/],
    [
      'images of two sizes',
      { 'a.png': one, 'b.png': png(2, 3, [1, 2, 3, 4, 5, 6]) },
      /b\.png: it is of 3×2 pixels, and a\.png of 2×2.*With `size:` in the spec they are brought to one/,
    ],
    [
      'a text called PNG',
      { 'a.png': Buffer.from('hello, this is no picture at all') },
      /no PNG: it does not begin as one/,
    ],
    [
      'a PNG without a line end of its signature',
      { 'a.png': Buffer.concat([one.subarray(0, 4), one.subarray(5)]) },
      /does not begin as one/,
    ],
    ['a PNG that is cut off', { 'a.png': one.subarray(0, -14) }, /cut off/],
    [
      'a PNG with another checksum',
      { 'a.png': Buffer.concat([one.subarray(0, 45), Buffer.from([0]), one.subarray(46)]) },
      /checksum/,
    ],
    [
      'a PNG without pixels',
      { 'a.png': Buffer.concat([one.subarray(0, 33), chunk('IEND', Buffer.alloc(0))]) },
      /it has no pixels/,
    ],
    ['a PNG of too few pixels', { 'a.png': png(2, 2, [1, 2]) }, /pixels are missing/],
    ['a PNG of an unknown kind', { 'a.png': png(2, 2, [1, 2, 3, 4], { kind: 1 }) }, /no kind 1 with 8 bits/],
    ['a PNG of three bits', { 'a.png': png(2, 2, [1, 2, 3, 4], { depth: 3 }) }, /no kind 0 with 3 bits/],
    ['a PNG as large as a city', { 'a.png': png(2 ** 30, 2 ** 30, [1]) }, /at most 4096 a side/],
    [
      'a palette that lacks a colour',
      { 'a.png': png(2, 2, [1, 2, 3, 4], { kind: 3, palette: [0, 0, 0] }) },
      /lacks a colour/,
    ],
    ['a palette that is missing', { 'a.png': png(2, 2, [0, 0, 0, 0], { kind: 3 }) }, /palette is missing/],
  ])('%s', async (_what, files, message) => {
    const folder = await temporaryFolder();
    for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
    expect(await refusal(folder)).toMatch(message);
  });
});

/** A header of 2×2 grey pixels, and what follows it. */
function jpegOf(rest: Buffer): Buffer {
  return Buffer.concat([Buffer.from('ffd8ffc0000b080002000201011100', 'hex'), rest]);
}

interface Packed {
  readonly name: string;
  readonly content: Buffer;
  readonly bytes?: number;
  readonly crc?: number;
  readonly flags?: number;
}

/** An archive that may lie. */
function zip(files: readonly Packed[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content, bytes = content.length, crc = crc32(content), flags = 0 } of files) {
    const packed = deflateRawSync(content);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50);
    header.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(crc, 16);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(bytes, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    parts.push(header, Buffer.from(name), packed);
    directory.push(entry, Buffer.from(name));
    at += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

it('a name that is no UTF-8 is said to be that, of a picture and of a folder', async () => {
  const image = png(2, 2, [1, 2, 3, 4]);
  for (const name of ['b\xff.png', 'b\xff/a.png']) {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, 'a.png'), image);
    const place = Buffer.from(path.join(folder, name), 'latin1');
    if (name.endsWith('/a.png')) await mkdir(place.subarray(0, place.lastIndexOf('/')));
    await writeFile(place, image);
    await expect(openImages(folder)).rejects.toThrow(/b\ufffd.*: its name is no UTF-8\. Rename it/);
  }
});

it('a header may have double quotes, and as many dimensions as it likes', async () => {
  const place = path.join(await temporaryFolder(), 'x.npy');
  await writeFile(
    place,
    npyWithHeader('{"descr": "|u1", "fortran_order": False, "shape": (3, 1, 2)}', Buffer.alloc(6, 7)),
  );
  expect((await read(place)).shape).toEqual([3, 1, 2, 1]);
  const many = Array.from({ length: 200 }, () => 1).join(', ');
  await writeFile(
    place,
    npyWithHeader(`{'descr': '|u1', 'fortran_order': False, 'shape': (${many}), }`, Buffer.alloc(1)),
  );
  await expect(openImages(place)).rejects.toThrow(/200 dimensions \((1 × ){8}…\)/);
});
