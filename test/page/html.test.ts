import { expect, test } from 'vitest';
import { prose } from '../../src/page/html.ts';
import type { PageContent } from '../../src/page/page-content.ts';
import { failures } from '../../src/page/sections/failures.ts';

test('what is in backticks is code, letter for letter; only text has a minus', () => {
  expect(prose('below -5: `nice -5 a<b`, or `x`')).toBe('below −5: <code>nice -5 a&lt;b</code>, or <code>x</code>');
  expect(prose('a ` alone')).toBe('a ` alone');
});

test('a cause has its commands as code', () => {
  const cause = 'no more threads may be started here (`ulimit -u`)';
  const model = { trials: [{ id: 'a1' }], failures: [{ state: 'failed', cause, trials: [0], shared: '' }] };
  const { body } = failures({ model } as unknown as PageContent)!;
  expect(body).toContain('started here (<code>ulimit -u</code>)');
});
