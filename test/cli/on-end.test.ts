import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCli, temporaryFolder, writeSpec } from './support.ts';

test('--on-end is called once, with the result on stdin and the exit code in its environment', async () => {
  const folder = temporaryFolder();
  const results = path.join(folder, 'results');
  const run = (command: string) =>
    runCli(['run', writeSpec(folder), '--device', 'cpu', '--quiet', '--results', results, '--on-end', command]);
  const { code } = await run(`cat >> ${folder}/told; echo "$SWEEP_EXIT_CODE" >> ${folder}/told`);
  expect(code).toBe(0);
  const [result, exitCode, ...more] = readFileSync(path.join(folder, 'told'), 'utf8').trim().split('\n');
  expect(JSON.parse(result!)).toMatchObject({ type: 'result', name: 'tiny', exit_code: 0, counts: { completed: 2 } });
  expect([exitCode, more]).toEqual(['0', []]);

  const failing = await run('exit 7');
  expect(failing).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('--on-end: the command ended with 7') as string,
  });
  const deaf = await run('true');
  expect(deaf.code).toBe(0);
});

test('what is refused before it begins calls nothing', async () => {
  const folder = temporaryFolder();
  const { code } = await runCli(['run', writeSpec(folder), 'beta=-1', '--on-end', `touch ${folder}/told`]);
  expect(code).toBe(2);
  expect(() => readFileSync(path.join(folder, 'told'))).toThrow('ENOENT');
});
