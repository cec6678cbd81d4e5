/** What a coordinator refuses, and with which answer. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { client, coordinator, PATIENTLY, randomBytes, sha256 } from './support.ts';
import { announcement, ask, CHECKPOINT, send, sendAndLeave } from './raw-requests.ts';

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
