import { describe, expect, it } from 'vitest';
import { errorIn, issuesIn, summary, textWith } from './spec-text.ts';

describe('YAML that is refused', () => {
  it.each([
    ['an empty file', '', 'wrong_type 1:1 expected a mapping, got nothing'],
    ['a list', '- a', 'wrong_type 1:1 expected a mapping, got a list'],
    ['a single word', 'hello', 'wrong_type 1:1 expected a mapping, got "hello"'],
    ['a control character', '\u0000', 'wrong_type 1:1 expected a mapping, got "\\u0000"'],
    ['a key given twice', textWith('seeds: 1\nseeds: 2'), 'duplicate 4:1 this key is there already'],
    ['two documents', textWith('---\nname: b'), 'syntax 3:1 the file holds several documents'],
    ['an open bracket', textWith('seeds: [1, 2'), 'syntax 4:1 Flow sequence'],
    [
      'a tab as indentation',
      textWith('train:\n\tepochs: 3'),
      'syntax 4:1 lines are indented by spaces here, not by tabs',
    ],
    ['an alias', textWith('seeds: &a [1]\nexclude: [*a]'), 'syntax 4:11 `*a` is an alias; write the value out'],
    ['an alias in itself', textWith('seeds: &a [*a]'), 'syntax 3:12 `*a` is an alias'],
    ['an alias of nothing', textWith('seeds: *a'), 'syntax 3:8 `*a` is an alias'],
    ['a merge key', textWith('train: { <<: { epochs: 3 } }'), 'unknown_key 3:10 unknown key `<<` in train'],
    ['a tag', textWith('seeds: !!binary aGk='), 'syntax 3:8 Unresolved tag'],
    ['a tag of another language', textWith('seeds: !!python/object:os.system x'), 'syntax 3:8 Unresolved tag'],
    ['a list as a key', textWith('? [1, 2]\n: 3'), 'syntax 1:1 a key must be a single word'],
    ['a directive', `%FOO\n---\n${textWith('')}`, 'syntax 1:1 Unknown directive'],
    ['20,000 open brackets', textWith(`seeds: ${'['.repeat(20_000)}`), 'syntax 3:'],
  ])('%s', (_what, text, expected) => {
    const issues = summary(issuesIn(text));
    expect(issues.some((issue) => issue.startsWith(expected)) ? expected : issues).toBe(expected);
  });

  it('expanding aliases a billion times over, at once', () => {
    const lines = ['a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi'].map((pair) => pair.split(''))) {
      const aliases = Array<string>(9).fill(`*${from!}`);
      lines.push(`${to!}: &${to!} [${aliases.join(', ')}]`);
    }
    expect(issuesIn(lines.join('\n')).every(({ code }) => code === 'syntax')).toBe(true);
  });

  it('a file of more than 256 KB, without parsing it', () => {
    const text = textWith(`seeds: [${'0, '.repeat(200_000)}1]`);
    expect(summary(issuesIn(text))).toEqual(['too_large 1:1 the file is larger than 256 KB: this is not a spec']);
  });

  it('keys that name the prototype, and leaves the prototype alone', () => {
    const text = textWith(
      '__proto__: { polluted: 1 }\nconstructor: 1\nparameters: { __proto__: { polluted: 1 }, prototype: 2 }',
    );
    expect(issuesIn(text).map(({ code }) => code)).toEqual([
      'unknown_key',
      'unknown_key',
      'unknown_key',
      'unknown_key',
    ]);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('the excerpt under a mistake', () => {
  it('counts columns as a terminal shows them', () => {
    expect(errorIn(textWith('parameters: { activation: 漢字, beta: x }'))?.message).toContain(
      ['  3 | parameters: { activation: 漢字, beta: x }', `    | ${' '.repeat(38)}^`].join('\n'),
    );
  });

  it('lets no control character through to the terminal', () => {
    const message = errorIn(textWith('bad\u001b[31mkey: 1\nseeds: "\u001b]0;title\u0007"\r'))?.message ?? '';
    expect(message).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(message).toContain('3 | bad\ufffd[31mkey: 1');
  });

  it('shows the part of a very long line that is wrong', () => {
    const text = textWith(`seeds: [${Array.from({ length: 5000 }, (_, i) => i).join(', ')}, x]`);
    const [, line, carets] = errorIn(text)?.message.split('\n') ?? [];
    expect(line).toHaveLength(6 + 82);
    expect(line?.[carets?.indexOf('^') ?? 0]).toBe('x');
  });

  it('is the same with Windows line ends', () => {
    expect(errorIn(textWith('seeds: x').replaceAll('\n', '\r\n'))?.message).toBe(
      errorIn(textWith('seeds: x'))?.message,
    );
  });

  it('stops after twenty mistakes and counts the rest', () => {
    const text = textWith(Array.from({ length: 50 }, (_, i) => `key_${i}: 1`).join('\n'));
    expect(errorIn(text)?.message).toMatch(/… and 30 more\n\n50 errors in test\.yaml\. Nothing was started\.$/);
    expect(issuesIn(text)).toHaveLength(50);
  });
});
