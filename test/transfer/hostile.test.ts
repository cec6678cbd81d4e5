/** What arrives at a coordinator from anybody: nothing of it harms, and each gets an answer, or its connection closed. */
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer, request as plainRequest, type IncomingMessage } from 'node:http';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectSecurely, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TrialFiles } from '../../src/files/trial-files.ts';
import { randomStream } from '../../src/random.ts';
import { clientChannel, serverChannel } from '../../src/transfer/channel.ts';
import { startProxy } from './interfering-proxy.ts';
import { client, coordinator, PATIENTLY, randomBytes, sha256, TOKEN } from './support.ts';

interface Asking {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** As no client of ours would ask. */
async function ask(url: string, { body, ...options }: Asking) {
  const { hostname, port } = new URL(url);
  const asked = request({ hostname, port, path: '/', ...options, ...clientChannel(TOKEN), agent: false });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

function connect(port: number): TLSSocket {
  return connectSecurely({ host: '127.0.0.1', port, ...clientChannel(TOKEN) });
}

/** Sends these bytes and returns what is answered before the connection closes, or is kept for another request. */
async function send(url: string, bytes: Uint8Array | string): Promise<string> {
  const socket = connect(Number(new URL(url).port));
  let answer = '';
  await new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', resolve);
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1');
      if (answer.includes('\r\n\r\n') && !/^Connection: close/im.test(answer)) resolve(undefined);
    });
    socket.write(bytes);
  });
  socket.destroy();
  return answer;
}

/** Sends these bytes, and hangs up once this file holds so many of them. */
async function sendAndLeave(url: string, bytes: string, file: string, arrived: number): Promise<void> {
  const socket = connect(Number(new URL(url).port));
  socket.write(bytes);
  await expect.poll(() => statSync(file, { throwIfNoEntry: false })?.size, PATIENTLY).toBe(arrived);
  socket.resume().end();
  await once(socket, 'close');
}

function announcement(content: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    'upload-sha256': sha256(Buffer.from(content)),
    'upload-length': String(content.length),
    'upload-offset': '0',
    'content-length': String(content.length),
    ...more,
  };
}

const CHECKPOINT = '/trials/e1/checkpoint';

describe('who does not know the token', () => {
  it('gets no further than the handshake, whatever else it knows', async () => {
    const { url, files, away, inFolder, root } = await coordinator();
    await files.put('weights', [Buffer.from('weights')]);
    const stranger = client(url, { token: 'another' });
    const refused = { name: 'TransferRefused', status: 401, message: expect.stringContaining('token') as string };
    await expect(stranger.getTrialFile('e1', 'weights', away('back'))).rejects.toMatchObject(refused);
    await expect(stranger.putTrialFile('e1', 'checkpoint', away('sent', randomBytes(9)))).rejects.toMatchObject(
      refused,
    );
    expect(stranger.troubles).toEqual([]);
    const { port } = new URL(url);
    const path = '/trials/e1/weights';
    const strangers = [
      request({ host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false }),
      plainRequest({ host: '127.0.0.1', port, path, headers: { authorization: `Bearer ${TOKEN}` }, agent: false }),
    ];
    for (const asked of strangers) {
      asked.end();
      await expect(once(asked, 'response')).rejects.toThrow();
    }
    expect(inFolder()).toEqual(['weights.safetensors']);
    expect(readdirSync(root).sort()).toEqual(['away', 'results']);
  });

  it('is given nothing by an agent, not even with a certificate that the agent trusts', async () => {
    const certificate = readFileSync(new URL('fixtures/certificate.pem', import.meta.url));
    const impostors = [
      createServer({ ...serverChannel('another') }),
      createServer({ cert: certificate, key: readFileSync(new URL('fixtures/key.pem', import.meta.url)) }),
      createPlainServer(),
    ];
    for (const impostor of impostors) {
      const asked: string[] = [];
      impostor.on('request', (request, response) => {
        asked.push(request.url!);
        response.end();
      });
      impostor.listen(0, '127.0.0.1');
      await once(impostor, 'listening');
      onTestFinished(() => void impostor.close());
      const { away } = await coordinator();
      const { port } = impostor.address() as AddressInfo;
      const agent = client(`https://127.0.0.1:${port}`);
      const sent = agent.putTrialFile('e1', 'checkpoint', away('sent', randomBytes(9)));
      await expect(sent).rejects.toMatchObject({ name: 'TransferRefused', status: 401 });
      const trusting = request({ host: '127.0.0.1', port, ...clientChannel(TOKEN), ca: certificate, agent: false });
      trusting.end();
      await expect(once(trusting, 'response')).rejects.toThrow();
      expect(asked).toEqual([]);
    }
  });

  it('reads nothing of what passes', async () => {
    const { server, files, away } = await coordinator();
    const content = Buffer.from('what is in the weights '.repeat(1000));
    await files.put('weights', [content]);
    const proxy = await startProxy(server.port, []);
    const agent = client(proxy.url);
    await agent.getTrialFile('e1', 'weights', away('back'));
    await agent.putTrialFile('e1', 'checkpoint', away('back'));
    expect(readFileSync(files.path('checkpoint'))).toEqual(content);
    for (const direction of ['up', 'down'] as const) {
      expect(proxy.heard[direction].length).toBeGreaterThan(content.length);
      expect(proxy.heard[direction].toString('latin1')).not.toMatch(/weights|checkpoint|HTTP/);
    }
  });
});

describe('a request that is refused', () => {
  it('by its path', async () => {
    const { url, files } = await coordinator();
    await files.put('weights', [Buffer.from('weights')]);
    writeFileSync(path.join(files.folder, '../secret'), 'secret');
    const nowhere = [
      ...[
        '/',
        '//',
        '*',
        '/trials',
        '/trials/',
        '/trials/e1',
        '/trials/e1/',
        '/trials//weights/',
        '/trials/e1/weights/',
      ],
      ...['/trials/e1/weights.safetensors', '/trials/e1/toString', '/trials/e1/__proto__', '/trials/e1/constructor'],
      ...['/trials/e1/../secret', '/trials/e1/..%2fsecret', '/trials/e1/%2e%2e/secret', '/trials/e1/..\\secret'],
      ...[
        '/trials/e1/../e1/weights',
        '/../trials/e1/weights',
        '/trials/e1/weights?',
        '/trials/e1/weights#',
        '/Trials/e1/weights',
      ],
      ...[
        '/trials/e1/%77eights',
        '/data/digits',
        '/data/../../etc/passwd',
        '/data/digits/..%2fimages',
        '/data//images',
      ],
      'http://127.0.0.1/trials/e1/weights',
    ];
    for (const path of nowhere)
      expect(await ask(url, { path })).toMatchObject({ status: 404, body: 'nothing of this name\n' });
    const ids = ['', 'a b'.replace(' ', '%20'), 'e%31', '%00', 'a'.repeat(81), 'e1;', 'e:1', '%2e%2e'];
    for (const id of ids) expect(await ask(url, { path: `/trials/${id}/weights` })).toMatchObject({ status: 400 });
    for (const id of ['e2', '..', '.', '__proto__', 'constructor', 'a'.repeat(80)]) {
      expect(await ask(url, { path: `/trials/${id}/weights` })).toMatchObject({ status: 410 });
    }
    expect(await ask(url, { path: `/${'a'.repeat(1000)}` })).toMatchObject({ status: 414 });
    expect(await ask(url, { headers: { long: 'a'.repeat(10_000) } })).toMatchObject({ status: 431 });
    // Of a data set it is for its owner to say what there is.
    expect(await ask(url, { path: '/data/../..' })).toMatchObject({ status: 204 });
    expect(await ask(url, { path: '/trials/e1/weights' })).toMatchObject({ status: 200, body: 'weights' });
  });

  it('by its method', async () => {
    const { url } = await coordinator();
    for (const method of ['POST', 'DELETE', 'PATCH', 'OPTIONS', 'MOVE', 'TRACE']) {
      expect(await ask(url, { path: CHECKPOINT, method })).toMatchObject({
        status: 405,
        headers: { allow: 'GET, HEAD, PUT' },
      });
    }
    for (const method of ['HEAD', 'PUT', 'DELETE']) {
      expect(await ask(url, { path: '/data/digits/images', method })).toMatchObject({
        status: 405,
        headers: { allow: 'GET' },
      });
    }
  });

  it('by what its execution may do', async () => {
    const { url, open, files, away, inFolder } = await coordinator();
    for (const file of ['checkpoint', 'weights', 'samples'] as const) await files.put(file, [Buffer.from(file)]);
    const agent = client(url);
    const sent = away('sent', randomBytes(9));
    await expect(agent.getTrialFile('e1', 'samples', away('back'))).rejects.toMatchObject({ status: 403 });
    await expect(agent.putTrialFile('e1', 'weights', sent)).rejects.toMatchObject({ status: 403 });
    await expect(agent.putTrialFile('e2', 'checkpoint', sent)).rejects.toMatchObject({ status: 410 });
    open.delete('e1');
    await expect(agent.getTrialFile('e1', 'weights', away('back'))).rejects.toMatchObject({ status: 410 });
    expect(inFolder().map((name) => readFileSync(path.join(files.folder, name), 'utf8'))).toEqual([
      'checkpoint',
      'samples',
      'weights',
    ]);
  });

  it('by what it announces', async () => {
    const { url, inFolder, away } = await coordinator({ maxBytes: 1000 });
    const put = async (headers: Record<string, string>, body = 'content') =>
      (await ask(url, { method: 'PUT', path: CHECKPOINT, headers, body })).status;
    expect(await put({})).toBe(400);
    for (const hash of ['', 'x'.repeat(64), sha256(Buffer.from('content')).toUpperCase(), '../../../../etc/passwd']) {
      expect(await put(announcement('content', { 'upload-sha256': hash }))).toBe(400);
    }
    for (const number of ['', '-1', '1e3', '0x7', '7.0', '7, 7', '1'.repeat(16), 'NaN']) {
      expect(await put(announcement('content', { 'upload-length': number }))).toBe(400);
      expect(await put(announcement('content', { 'upload-offset': number }))).toBe(400);
    }
    // More or less than what is missing.
    expect(await put(announcement('content', { 'upload-offset': '1' }))).toBe(400);
    expect(await put(announcement('content', { 'upload-length': '8' }))).toBe(400);
    expect(await put(announcement('content', { 'upload-length': '6' }))).toBe(400);
    // From where nothing has arrived.
    expect(await put(announcement('content', { 'upload-length': '10', 'upload-offset': '3' }))).toBe(409);
    expect(await put(announcement('x'.repeat(1001)), 'x'.repeat(1001))).toBe(413);
    // In chunks, of which nobody knows how many come.
    const unknown = announcement('content');
    delete unknown['content-length'];
    expect(await put({ ...unknown, 'transfer-encoding': 'chunked' })).toBe(411);
    // Another content.
    expect(await put(announcement('content', { 'upload-sha256': sha256(Buffer.from('other')) }))).toBe(422);
    expect(inFolder()).toEqual([]);
    const sent = client(url).putTrialFile('e1', 'checkpoint', away('sent', randomBytes(1001)));
    await expect(sent).rejects.toThrow('larger than 1000 bytes (HTTP 413)');
    expect(await put(announcement('content'))).toBe(204);
    expect(inFolder()).toEqual(['checkpoint.safetensors']);
  });

  it('with a content-length that lies takes no place', async () => {
    const { url, inFolder, server, files } = await coordinator();
    const head = (length: number): string =>
      `PUT ${CHECKPOINT} HTTP/1.1\r\nHost: x\r\n` +
      Object.entries(announcement('content', { 'upload-length': String(length), 'content-length': String(length) }))
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('');
    // Fewer bytes than it says: they wait for the rest.
    await sendAndLeave(url, `${head(100)}\r\ncontent`, files.partial('checkpoint', 'e1').path, 7);
    expect(inFolder()).toEqual(['checkpoint.safetensors.e1.part']);
    // More: what is beyond is no request, and ends the connection before the body is looked at.
    expect(await send(url, `${head(7)}\r\ncontent and more`)).toMatch(/^HTTP\/1\.1 400 /);
    // Two lengths, or both ways to say how long it is.
    expect(await send(url, `${head(7)}Content-Length: 8\r\n\r\ncontent`)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await send(url, `${head(7)}Transfer-Encoding: chunked\r\n\r\n7\r\ncontent\r\n0\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 400 /,
    );
    server.forget('e1');
    await expect.poll(inFolder, PATIENTLY).toEqual([]);
  });

  it('for its range', async () => {
    const { url, files } = await coordinator();
    await files.put('weights', [Buffer.from('weights')]);
    const get = (headers: Record<string, string>) => ask(url, { path: '/trials/e1/weights', headers });
    expect(await get({ range: 'bytes=2-' })).toMatchObject({
      status: 206,
      body: 'ights',
      headers: { 'content-range': 'bytes 2-6/7' },
    });
    for (const range of ['bytes=7-', 'bytes=999999999999999-'])
      expect(await get({ range })).toMatchObject({ status: 416 });
    for (const range of ['bytes=-2', 'bytes=1-2', 'bytes=1-,3-', 'bytes=x-', 'lines=1-', `bytes=${'9'.repeat(40)}-`]) {
      expect(await get({ range })).toMatchObject({ status: 200, body: 'weights' });
    }
    expect(await get({ 'if-match': '"other"' })).toMatchObject({ status: 412 });
    expect(await get({ 'if-match': `"${sha256(Buffer.from('weights'))}"` })).toMatchObject({ status: 200 });
  });
});

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

describe('a symbolic link', () => {
  it('in place of the file or of its partial one is replaced, and what it leads to left alone', async () => {
    const { url, files, away, root } = await coordinator();
    const outside = path.join(root, 'outside');
    writeFileSync(outside, 'as it was');
    symlinkSync(outside, files.path('checkpoint'));
    symlinkSync(outside, files.partial('checkpoint', 'e1').path);
    await client(url).putTrialFile('e1', 'checkpoint', away('sent', Buffer.from('content')));
    expect([readFileSync(outside, 'utf8'), readFileSync(files.path('checkpoint'), 'utf8')]).toEqual([
      'as it was',
      'content',
    ]);
    expect(readdirSync(files.folder)).toEqual(['checkpoint.safetensors']);
    symlinkSync(outside, away('back'));
    await client(url).getTrialFile('e1', 'checkpoint', away('back'));
    expect([readFileSync(outside, 'utf8'), readFileSync(away('back'), 'utf8')]).toEqual(['as it was', 'content']);
  });

  it('in place of what has arrived is not gone on with', async () => {
    const { url, files, root, server, inFolder } = await coordinator();
    const put = (from: number, to: number): string => {
      const part = announcement('content', { 'upload-offset': String(from), 'content-length': String(7 - from) });
      const headers = Object.entries({ host: 'x', ...part });
      const head = headers.map((header) => header.join(': ')).join('\r\n');
      return `PUT ${CHECKPOINT} HTTP/1.1\r\n${head}\r\n\r\n${'content'.slice(from, to)}`;
    };
    const outside = path.join(root, 'outside');
    writeFileSync(outside, 'con');
    const part = files.partial('checkpoint', 'e1').path;
    await sendAndLeave(url, put(0, 3), part, 3);
    unlinkSync(part);
    symlinkSync(outside, part);
    expect(await send(url, put(3, 7))).toMatch(/^HTTP\/1\.1 409 what had arrived is gone/);
    expect(readFileSync(outside, 'utf8')).toBe('con');
    expect(inFolder()).toEqual([]);
    server.forget('e1');
  });

  it('or a folder in place of what is to be written is the trial’s own trouble, told without a path', async () => {
    const { url, files, open, away, root, troubles } = await coordinator();
    const outside = path.join(root, 'outside');
    mkdirSync(outside);
    writeFileSync(path.join(outside, 'checkpoint.safetensors.e1.part'), 'not ours');
    const linked = path.join(root, 'results/sweep/linked');
    symlinkSync(outside, linked);
    open.set('e1', { files: new TrialFiles(linked), reads: [], writes: ['checkpoint'] });
    const sent = away('sent', Buffer.from('content'));
    const refused = await client(url)
      .putTrialFile('e1', 'checkpoint', sent)
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ status: 403, message: expect.stringContaining('ELOOP') as string });
    expect(String(refused)).not.toContain(root);
    expect(readdirSync(outside)).toEqual(['checkpoint.safetensors.e1.part']);
    expect(readFileSync(path.join(outside, 'checkpoint.safetensors.e1.part'), 'utf8')).toBe('not ours');
    expect(troubles).toMatchObject([{ code: 'ELOOP' }]);
    open.set('e1', { files, reads: [], writes: ['checkpoint'] });
    mkdirSync(files.path('checkpoint'));
    await expect(client(url).putTrialFile('e1', 'checkpoint', sent)).rejects.toMatchObject({ status: 403 });
    expect(readdirSync(files.folder)).toEqual(['checkpoint.safetensors']);
  });
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
