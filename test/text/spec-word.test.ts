import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { YAML_OPTIONS } from '../../src/sweep-file/source.ts';
import { specWord } from '../../src/text/spec-word.ts';

const read = (text: string): unknown => parse(text, YAML_OPTIONS);

test('a word is read as it was, in a list and in a mapping; what YAML takes for another thing is in quotes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(read(`[${specWord(text)}, a]`)).toEqual([text, 'a']);
      expect(read(`{ label: ${specWord(text)} }`)).toEqual({ label: text });
    }),
  );
  const quoted = [
    '0',
    'true',
    'Null',
    '~',
    '',
    'Unnamed: 0',
    'a, b',
    'a #b',
    'temp [°C]',
    '.inf',
    '- a',
    ' a',
    '1e3',
    'a\u009b',
  ];
  for (const text of quoted) expect([text, specWord(text)[0], read(specWord(text))]).toEqual([text, '"', text]);
  for (const text of ['id', 'a b', 'obs/batch', 'größe', 'x.1', 'no']) expect(specWord(text)).toBe(text);
  expect(specWord('a\u009b31m\u2028')).toBe(String.raw`"a\u009b31m\u2028"`);
});
