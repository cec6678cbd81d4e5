import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { OutputLines } from '../../src/executor/output-lines.ts';

async function linesOf(...chunks: (string | Buffer)[]): Promise<{ lines: string[]; reason: string | undefined }> {
  const stream = new PassThrough();
  const lines: string[] = [];
  const output = new OutputLines(stream, (line) => lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await finished(stream);
  return { lines, reason: output.reason };
}

test('lines are whole, however they arrive; the last may lack its end', async () => {
  const euro = Buffer.from('€');
  expect(await linesOf('a\nb', 'c\r\n\n', euro.subarray(0, 1), euro.subarray(1), 'd')).toEqual({
    lines: ['a', 'bc', '€d'],
    reason: '€d',
  });
});

test('a line without end takes no more than 2,000 characters', async () => {
  const { lines } = await linesOf(...Array.from({ length: 100 }, () => 'x'.repeat(1000)));
  expect(lines.map((line) => line.length)).toEqual([2000]);
});

test('a flood is cut after 1,000 lines with a word about it, but the reason of an end stays known', async () => {
  const { lines, reason } = await linesOf(Array.from({ length: 5000 }, (_, i) => `line ${i}\n`).join(''));
  expect(lines).toHaveLength(1001);
  expect(lines.at(-1)).toMatch(/dropped/);
  expect(reason).toBe('line 4999');
});

test('the reason of an end is the line that tells it, not the trace below', async () => {
  const { reason } = await linesOf('started\nError: no space left\n    at write (file.js:1:2)\n\nNode.js v22.23.3\n');
  expect(reason).toBe('Error: no space left');
});

test('issue 10, line 19: a function in a trace through native code is no reason', async () => {
  const { reason } = await linesOf('# Assertion failed: x\n', ' 4: 0x1245667 v8::FatalProcessOutOfMemory() [node]\n');
  expect(reason).toBe('# Assertion failed: x');
});

test('colours and other terminal commands are taken out', async () => {
  expect((await linesOf('\u001b[1;31mred\u001b[m\n\u001b[m\n')).lines).toEqual(['red']);
});
