import { expect, test } from 'vitest';
import { prose, words } from '../../src/page/html.ts';
import type { PageContent } from '../../src/page/page-content.ts';
import { failures } from '../../src/page/sections/failures.ts';

test('what is in backticks is code, letter for letter; only text has a minus', () => {
  expect(prose('below -5: `nice -5 a<b`, or `x`')).toBe('below −5: <code>nice -5 a&lt;b</code>, or <code>x</code>');
  expect(prose('a ` alone')).toBe('a ` alone');
});

test('figures stay on one line with what belongs to them', () => {
  expect(words('1 % of 2 ± 3 at β = 1, x = 1')).toBe('1\u00a0% of 2\u00a0±\u00a03 at β\u00a0=\u00a01, x = 1');
});

test('a cause has its commands as code', () => {
  const cause = 'no more threads may be started here (`ulimit -u`)';
  const model = { trials: [{ id: 'a1' }], failures: [{ state: 'failed', cause, trials: [0], shared: '' }] };
  const { body } = failures({ model } as unknown as PageContent)!;
  expect(body).toContain('started here (<code>ulimit -u</code>)');
});
