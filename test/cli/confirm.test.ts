/** What a user types at a question. */
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { confirm } from '../../src/cli/confirm.ts';

test.each([
  ['y\r', true],
  ['Yes\r', true],
  ['\r', false],
  ['no\r', false],
  ['\u0004', false],
  ['\u0003', false],
])('%j: %s', async (typed, agreed) => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true }) as unknown as typeof process.stdin;
  const shown = Object.assign(new PassThrough(), { isTTY: true }) as unknown as typeof process.stderr;
  const answer = confirm('Remove tiny?', false, { stdin: terminal, stderr: shown });
  terminal.push(typed);
  expect(await answer).toBe(agreed);
  expect(String((shown as unknown as PassThrough).read())).toContain('Remove tiny? [y/N]');
});
