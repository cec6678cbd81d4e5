/** Willem van Schaik's PNG suite (its licence lies beside it): all kinds of PNG that there are, and broken ones. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readPng, TransparentPixel } from '../../../src/data/own/pictures/png.ts';

const FOLDER = path.join(import.meta.dirname, 'png-suite');
const fileOf = (name: string): Buffer => readFileSync(path.join(FOLDER, name));
const pixelsOf = (name: string): Buffer => Buffer.from(readPng(fileOf(name)).bytes);

const names = readdirSync(FOLDER).filter((name) => name.endsWith('.png'));
const isBroken = (name: string): boolean => name.startsWith('x');
/** What Pillow reads of them: see write-fixtures.py. */
const known = JSON.parse(fileOf('expected.json').toString()) as Record<string, string>;

it('reads all that Pillow reads exactly, as it does', () => {
  const read = Object.keys(known).map((name) => [name, createHash('sha256').update(pixelsOf(name)).digest('hex')]);
  expect(Object.fromEntries(read)).toEqual(known);
  expect(read.length).toBeGreaterThan(100);
});

it('reads every other one, or says that it has transparent pixels', () => {
  const transparent = names.filter((name) => {
    if (isBroken(name) || name in known) return false;
    try {
      return pixelsOf(name).length === 0;
    } catch (error) {
      if (error instanceof TransparentPixel) return true;
      throw error;
    }
  });
  // By their names: a background, an alpha channel, a colour that stands for nothing.
  for (const name of transparent) expect(name).toMatch(/^(?:bg|tb|tm|tp1|bas[in][46]a|pp0n6a)/);
});

it.each([
  ['interlaced or not', /^bas([in])(\dc?\w+)\.png$/, 'basn$2.png'],
  ['with its pixels in however many chunks', /^oi\d(n\w+)\.png$/, 'oi1$1.png'],
  ['of any size, interlaced or not', /^(s\d\d)i(\w+)\.png$/, '$1n$2.png'],
  ['packed much or little', /^z0\d(n\w+)\.png$/, 'z00$1.png'],
])('a picture is the same %s', (_, pattern, other) => {
  const group = names.filter((name) => pattern.test(name) && !/a(?:08|16)/.test(name));
  expect(group.length).toBeGreaterThan(2);
  for (const name of group) expect(pixelsOf(name).equals(pixelsOf(name.replace(pattern, other))), name).toBe(true);
});

it('refuses every broken one, in words of its own', () => {
  const broken = names.filter(isBroken);
  expect(broken.length).toBe(14);
  for (const name of broken) expect(() => readPng(fileOf(name)), name).toThrow(/^it |^this is/);
});
