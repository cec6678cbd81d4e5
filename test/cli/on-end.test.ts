import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
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

test('--on-end, or SWEEP_ON_END, may be an address: the result is posted there', async () => {
  const folder = temporaryFolder();
  const told: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      told.push(`${request.method} ${request.url} ${String((JSON.parse(body) as { exit_code: number }).exit_code)}`);
      response.writeHead(told.length === 1 ? 204 : 403).end();
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret`;
  const args = ['run', writeSpec(folder), '--device', 'cpu', '--quiet', '--results', path.join(folder, 'results')];
  expect(await runCli([...args, '--on-end', address])).toMatchObject({ code: 0, stderr: '' });
  const refused = await runCli(args, { SWEEP_ON_END: address });
  expect(refused).toMatchObject({ code: 0, stderr: '! --on-end: the address answers 403 Forbidden\n' });
  expect(told).toEqual(['POST /secret 0', 'POST /secret 0']);
});

test('what is refused before it begins calls nothing', async () => {
  const folder = temporaryFolder();
  const { code } = await runCli(['run', writeSpec(folder), 'beta=-1', '--on-end', `touch ${folder}/told`]);
  expect(code).toBe(2);
  expect(() => readFileSync(path.join(folder, 'told'))).toThrow('ENOENT');
});
