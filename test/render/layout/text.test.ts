import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { clip, marked, nextLine, styled, wrap } from '../../../src/render/layout/text.ts';
import { plain } from '../../../src/text/printable.ts';
import { shellWord } from '../../../src/text/shell-word.ts';

test.each([
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u001b]0;title\u0007name', 'name'],
  ['\u009b2Jgone', 'gone'],
  ['two\nlines\r\nand\ta tab', 'two lines and a tab'],
  ['\u202egnp.exe', 'gnp.exe'],
  ['nul\u0000byte\u007f', 'nul byte'],
  ['β = 1 ± 0.5', 'β = 1 ± 0.5'],
])('plain(%j) is %j', (text, expected) => {
  expect(plain(text)).toBe(expected);
});

test('plain text holds no control character, whatever went in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(plain(text)).not.toMatch(/\p{Cc}/u);
    }),
  );
});

test('wrapped lines fit, and lose no word', () => {
  const words = fc.array(fc.stringMatching(/^[a-zβ]{1,8}$/), { minLength: 1 });
  fc.assert(
    fc.property(words, fc.integer({ min: 12, max: 40 }), (some, columns) => {
      const lines = wrap(some.join(' '), columns, '   ', ' ! ').split('\n');
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      expect(lines.map((line) => line.slice(3)).join(' ')).toBe(some.join(' '));
    }),
  );
});

test('colour comes only when asked for', () => {
  expect(styled({ columns: 80, colour: false }, 'green', 'x')).toBe('x');
  expect(styled({ columns: 80, colour: true }, 'green', 'x')).toBe('\u001b[32mx\u001b[39m');
});

test.each([
  ['architecture=mlp', 'architecture=mlp'],
  ['hidden=[512]', "'hidden=[512]'"],
  ["it's", "'it'\\''s'"],
])('shellWord(%s) is %s', (word, expected) => {
  expect(shellWord(word)).toBe(expected);
});

test('a suggested command is never broken where it fits on a line', () => {
  const commands = ['sweep show 3f2a91', 'sweep compare beta beta=1 beta=4', 'sweep report beta --format md'];
  expect(nextLine(commands, 48, ' ').split('\n')).toEqual([
    ' Next: sweep show 3f2a91 ·',
    '       sweep compare beta beta=1 beta=4 ·',
    '       sweep report beta --format md',
  ]);
  for (const line of nextLine(commands, 30).split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(30);
});

test('a marked text is coloured at its sign only, so that it can be read on any background', () => {
  expect(marked({ columns: 14, colour: true }, 'yellow', ' !', 'two lines of it')).toBe(
    '\u001b[33m !\u001b[39m two lines\n   of it',
  );
});

test('clipped text fits, and says that it was cut', () => {
  expect([clip('narrow', 6), clip('too wide', 6), clip('漢字漢字', 5), clip('x', 0)]).toEqual([
    'narrow',
    'too w…',
    '漢字…',
    '',
  ]);
});
