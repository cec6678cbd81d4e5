/** What arrives at a coordinator from anybody: nothing of it harms, and each gets an answer, or its connection closed. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { randomStream } from '../../src/random.ts';
import { coordinator, PATIENTLY, sha256 } from './support.ts';
import { announcement, ask, CHECKPOINT, connect, send } from './raw-requests.ts';

it('a connection on which nothing moves is closed, in the middle of a head as of a body', async () => {
  const { url, server, inFolder } = await coordinator({ idleMs: 100 });
  const wait = async (bytes: string): Promise<void> => {
    const socket = connect(server.port);
    socket.on('error', () => undefined);
    socket.resume().write(bytes);
    // It may be reset.
    await new Promise((resolve) => socket.once('close', resolve));
  };
  await wait('');
  await wait(`GET ${CHECKPOINT} HTTP/1.1\r\nHost:`);
  const headers = Object.entries(announcement('content'));
  const head = `PUT ${CHECKPOINT} HTTP/1.1\r\nHost: x\r\n`;
  await wait(`${head}${headers.map((header) => header.join(': ')).join('\r\n')}\r\n\r\ncon`);
  server.forget('e1');
  await expect.poll(inFolder, PATIENTLY).toEqual([]);
  // Whose handshake may take too long, too.
  await expect.poll(() => ask(url, { path: CHECKPOINT }), PATIENTLY).toMatchObject({ status: 204 });
});

it('two thousand requests with mistakes are each answered or closed, and leave only what was sent', async () => {
  const { url, server, root, files, open } = await coordinator({ idleMs: 500 });
  await files.put('weights', [Buffer.from('weights')]);
  const content = 'the content of a checkpoint';
  await files.put('checkpoint', [Buffer.from(content)]);
  const lines = (start: string, headers: Record<string, string>): string =>
    `${start} HTTP/1.1\r\n${Object.entries({
      Host: 'x',
      Connection: 'close',
      ...headers,
    })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`;
  const whole = [
    lines('GET /trials/e1/weights', { Range: 'bytes=2-' }),
    lines(`HEAD ${CHECKPOINT}`, announcement(content)),
    lines(`PUT ${CHECKPOINT}`, announcement(content)) + content,
    lines('GET /data/digits/images', { 'If-Match': `"${sha256(Buffer.from(content))}"` }),
  ];
  const odd = [
    '..',
    '/',
    '%2f',
    '%00',
    '\0',
    '\r\n',
    '\r\n\r\n',
    ':',
    ' ',
    '-1',
    '99999999999999999999',
    '"',
    'é',
    '\xff\xfe',
  ];
  const random = randomStream(['hostile', 1]);
  const mutate = (text: string): string => {
    const at = random.below(text.length);
    const until = Math.min(text.length, at + 1 + random.below(random.below(4) === 0 ? 200 : 4));
    const cut = text.slice(0, at) + text.slice(until);
    const piece = [
      '',
      odd[random.below(odd.length)]!,
      text.slice(at, until).repeat(2),
      String.fromCharCode(random.below(256)),
      text.slice(at, until).toUpperCase(),
    ][random.below(5)]!;
    return cut.slice(0, at) + piece + cut.slice(at);
  };
  const everywhere = (): string[] =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
      .sort();

  const statuses = new Map<string, number>();
  for (let sent = 0; sent < 2000; sent += 200) {
    const requests = Array.from({ length: 200 }, () => {
      let text = whole[random.below(whole.length)]!;
      for (let times = 1 + random.below(3); times > 0; times--) text = mutate(text);
      return Buffer.from(text, 'latin1');
    });
    for (const answer of await Promise.all(requests.map((bytes) => send(url, bytes)))) {
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? (answer === '' ? 'closed' : answer);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect(answer).not.toContain(root);
      expect(answer).not.toMatch(/node:|\.ts:|\bat /);
    }
  }
  for (const status of statuses.keys()) expect(status).toMatch(/^(closed|20[046]|40[03459]|41[0-7]|422|431)$/);
  // So that the loop has met what it is for.
  for (const status of ['200', '204', '206', '400', '404', '410', '422'])
    expect([...statuses.keys()]).toContain(status);

  server.forget('e1');
  await expect
    .poll(everywhere, PATIENTLY)
    .toEqual(['results/sweep/trial/checkpoint.safetensors', 'results/sweep/trial/weights.safetensors']);
  expect(readFileSync(files.path('checkpoint'), 'utf8')).toBe(content);
  expect([...open.keys()]).toEqual(['e1']);
  await expect
    .poll(() => ask(url, { path: '/trials/e1/weights' }), PATIENTLY)
    .toMatchObject({ status: 200, body: 'weights' });
});
