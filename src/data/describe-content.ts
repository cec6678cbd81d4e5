import { formatCount } from '../text/format-number.ts';
import { isConstant } from './content.ts';
import { idxDimensions } from './idx.ts';

/** What a file is, by what is in it, for people who expected images. */

const TEXTS: readonly (readonly [start: RegExp, words: string])[] = [
  [/^\s*(<!doctype html|<html)/i, 'a web page (HTML), as a failed download leaves it'],
  [/^\s*(<\?xml|<Error>)/i, 'an XML text, as a server sends instead of a file that it refuses'],
  [/^version https:\/\/git-lfs/, 'a pointer of Git LFS, not the file that it stands for (`git lfs pull` fetches that)'],
];

const BINARIES: readonly (readonly [start: string, words: string])[] = [
  ['504b0304', 'a zip archive'],
  ['1f8b', 'compressed twice'],
  ['934e554d5059', 'an array of NumPy'],
  ['89504e47', 'a picture (PNG)'],
];

/** `an IDX file of 60,000 labels`, `a web page (HTML), …`, `empty`: what follows "it is". */
export function describeContent(bytes: Buffer): string {
  if (bytes.length === 0) return 'empty';
  const dimensions = idxDimensions(bytes);
  if (dimensions !== undefined) return describeIdx(dimensions);
  const hex = bytes.toString('hex', 0, 8);
  const known = BINARIES.find(([magic]) => hex.startsWith(magic))?.[1] ?? describeText(bytes);
  if (known !== undefined) return known;
  if (bytes[0] === 0 && isConstant(bytes)) return 'nothing but zero bytes';
  return `no IDX file of bytes: its first bytes are 0x${hex.slice(0, 8)}`;
}

/** Of a text, what it is, or how it starts; undefined for what is none. */
export function describeText(bytes: Buffer): string | undefined {
  const start = bytes.toString('latin1', 0, 200);
  const known = TEXTS.find(([pattern]) => pattern.test(start))?.[1];
  if (known !== undefined || !/^[\t\n\r -~]+$/.test(start)) return known;
  return `a text that starts with ${JSON.stringify(start.slice(0, 40))}`;
}

function describeIdx([count = 0, ...image]: readonly number[]): string {
  const amount = formatCount(count);
  return image.length === 0
    ? `an IDX file of ${amount} labels`
    : `an IDX file of ${amount} images of ${image.join('×')}`;
}
