/** Real servers, files and sockets, and connections that break. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TrialFiles } from '../../src/files/trial-files.ts';
import { randomStream } from '../../src/random.ts';
import { serverChannel } from '../../src/transfer/channel.ts';
import { startTransferServer, type OpenFiles } from '../../src/transfer/transfer-server.ts';
import { closedAddress } from '../data/file-server.ts';
import { startProxy, type Interference } from './interfering-proxy.ts';
import { client, coordinator, hashOf, MB, PATIENTLY, randomBytes, sha256, TOKEN } from './support.ts';

/** Paths and headers of one request or answer, and the handshake before it. */
const HEAD_BYTES = 4000;
/** What TLS adds to a file of 40 MB: 22 bytes to 16 KiB. */
const RECORD_BYTES = 60_000;
/** What a process has taken from a socket and not worked on. */
const UNDERWAY_BYTES = MB / 4;

it.each([0, 1, 40 * MB])('a file of %i bytes goes there and back, and one is replaced', async (size) => {
  const { url, away, files, inFolder, inAway } = await coordinator();
  const agent = client(url);
  await files.put('checkpoint', [Buffer.from('an older one')]);
  const content = randomBytes(size);
  await agent.putTrialFile('e1', 'checkpoint', away('sent', content));
  expect(hashOf(files.path('checkpoint'))).toBe(sha256(content));
  expect(inFolder()).toEqual(['checkpoint.safetensors']);
  await expect(agent.getTrialFile('e1', 'checkpoint', away('back'))).resolves.toBe(true);
  expect(hashOf(away('back'))).toBe(sha256(content));
  expect(inAway()).toEqual(['back', 'sent']);
  expect(agent.troubles).toEqual([]);
});

it('memory does not grow with the file', async () => {
  const { url, away, files } = await coordinator();
  const size = 256 * MB;
  truncateSync(away('sent', Buffer.alloc(0)), size);
  let most = 0;
  const look = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers)), 5);
  onTestFinished(() => clearInterval(look));
  const before = process.memoryUsage().arrayBuffers;
  await client(url).putTrialFile('e1', 'checkpoint', away('sent'));
  await client(url).getTrialFile('e1', 'checkpoint', away('back'));
  expect([files.look('checkpoint')!.size, statSync(away('back')).size]).toEqual([size, size]);
  // What was collected only now and then came to 70 MB.
  expect(most - before).toBeLessThan(size / 2);
});

it('what the coordinator does not have leaves nothing here, not even in place of what was', async () => {
  const { url, away, inAway, root } = await coordinator();
  const agent = client(`${url}/`);
  const here = away('here', Buffer.from('as it was'));
  await expect(agent.getTrialFile('e1', 'weights', here)).resolves.toBe(false);
  await expect(agent.getDataFile('digits', 'labels', here)).resolves.toBe(false);
  // It is to be there, and isn't.
  await expect(agent.getDataFile('digits', 'images', here)).resolves.toBe(false);
  expect([readFileSync(here, 'utf8'), inAway()]).toEqual(['as it was', ['here']]);
  writeFileSync(path.join(root, 'digits'), 'images');
  const target = away('new/folder/digits');
  await expect(agent.getDataFile('digits', 'images', target)).resolves.toBe(true);
  expect(readFileSync(target, 'utf8')).toBe('images');
});

describe('a connection that breaks', () => {
  const content = randomBytes(40 * MB);
  const random = randomStream(['breaks']);
  const someBytes = (): number => 5000 + random.below(12 * MB);
  /** Three times in turn, at any byte. */
  const breaks = (direction: 'up' | 'down', act?: () => Promise<void>): Interference[] =>
    Array.from({ length: 3 }, () => ({ direction, at: someBytes(), then: 'end', ...(act && { act }) }));

  it('an upload goes on where it stopped, and is not sent again', async () => {
    const { server, away, files, inFolder } = await coordinator();
    const part = files.partial('checkpoint', 'e1').path;
    // What the system still holds of a connection when the next one comes counts as lost.
    const act = async (): Promise<void> => {
      const arrived = (): number => statSync(part, { throwIfNoEntry: false })?.size ?? 0;
      await expect.poll(arrived, PATIENTLY).toBeGreaterThan(proxy.passed.up - 3 * UNDERWAY_BYTES - 10 * HEAD_BYTES);
    };
    const proxy = await startProxy(server.port, breaks('up', act));
    const agent = client(proxy.url);
    await agent.putTrialFile('e1', 'checkpoint', away('sent', content));
    expect(hashOf(files.path('checkpoint'))).toBe(sha256(content));
    expect(inFolder()).toEqual(['checkpoint.safetensors']);
    expect([proxy.happened, agent.troubles.length]).toEqual([3, 3]);
    expect(proxy.passed.up).toBeLessThan(content.length + 3 * UNDERWAY_BYTES + 10 * HEAD_BYTES);
  });

  it('a download does', async () => {
    const { server, away, files, inAway } = await coordinator();
    await files.put('checkpoint', [content]);
    const proxy = await startProxy(server.port, breaks('down'));
    const agent = client(proxy.url);
    await agent.getTrialFile('e1', 'checkpoint', away('back'));
    expect(hashOf(away('back'))).toBe(sha256(content));
    expect(inAway()).toEqual(['back']);
    expect([proxy.happened, agent.troubles.length]).toEqual([3, 3]);
    expect(proxy.passed.down).toBeLessThan(content.length + 3 * UNDERWAY_BYTES + 10 * HEAD_BYTES);
  });

  it('resets, at any byte of heads, bodies and answers, end well', async () => {
    const { server, away, files, inFolder } = await coordinator();
    const anywhere = (direction: 'up' | 'down', at: number): Interference => ({ direction, at, then: 'reset' });
    const [ups, downs] = [
      Array.from({ length: 15 }, () => random.below(MB)),
      Array.from({ length: 15 }, () => random.below(3000)),
    ];
    const proxy = await startProxy(server.port, [
      // The very first byte, and in the middle of the handshake.
      ...[0, 1, 100].flatMap((at) => [anywhere('up', at), anywhere('down', at)]),
      ...ups.flatMap((at, i) => [anywhere('up', at), anywhere('down', downs[i]!)]),
    ]);
    const agent = client(proxy.url);
    for (let round = 1; proxy.happened < 36; round++) {
      const sent = randomBytes(MB, round);
      await agent.putTrialFile('e1', 'checkpoint', away('sent', sent));
      expect(hashOf(files.path('checkpoint'))).toBe(sha256(sent));
      await agent.getTrialFile('e1', 'checkpoint', away('back'));
      expect(hashOf(away('back'))).toBe(sha256(sent));
      expect(inFolder()).toEqual(['checkpoint.safetensors']);
    }
  });

  it.each(['up', 'down'] as const)('one on which nothing passes any more (%s) is given up', async (direction) => {
    const { server, away, files } = await coordinator();
    await files.put('weights', [content]);
    const proxy = await startProxy(server.port, [{ direction, at: 20 * MB, then: 'stall' }]);
    const agent = client(proxy.url, { stallMs: 500 });
    if (direction === 'up') await agent.putTrialFile('e1', 'checkpoint', away('sent', content));
    else await agent.getTrialFile('e1', 'weights', away('back'));
    expect(hashOf(direction === 'up' ? files.path('checkpoint') : away('back'))).toBe(sha256(content));
    expect(agent.troubles).toContain('nothing has moved for 0.5 s');
    expect(proxy.passed[direction]).toBeLessThan(1.5 * content.length);
  });

  it('an upload whose answer was lost is not sent again', async () => {
    const { server, away, files } = await coordinator();
    const proxy = await startProxy(server.port, [
      { direction: 'up', at: 39 * MB, then: 'go on' },
      { direction: 'down', at: 50, then: 'reset' },
    ]);
    const agent = client(proxy.url);
    await agent.putTrialFile('e1', 'checkpoint', away('sent', content));
    expect(proxy.happened).toBe(2);
    expect(proxy.passed.up).toBeLessThan(content.length + RECORD_BYTES + 10 * HEAD_BYTES);
    expect(hashOf(files.path('checkpoint'))).toBe(sha256(content));
  });

  it('a caller that has had enough is told its own reason, and no half is left with it', async () => {
    const { server, away, files, inAway } = await coordinator();
    await files.put('weights', [content]);
    const enough = new AbortController();
    const act = (): void => enough.abort(new Error('enough'));
    const proxy = await startProxy(server.port, [{ direction: 'down', at: MB, then: 'stall', act }]);
    const agent = client(proxy.url, { signal: enough.signal });
    await expect(agent.getTrialFile('e1', 'weights', away('back'))).rejects.toThrow('enough');
    expect(inAway()).toEqual([]);
    await expect(agent.putTrialFile('e1', 'checkpoint', away('sent', content))).rejects.toThrow('enough');
    // Also between two tries.
    const pausing = new AbortController();
    const nobody = client(await closedAddress(), {
      ...{ signal: pausing.signal, pauseMs: 1_000_000 },
      onTrouble: () => setImmediate(() => pausing.abort(new Error('no more'))),
    });
    await expect(nobody.getTrialFile('e1', 'weights', away('back'))).rejects.toThrow('no more');
  });
});

it('a file that was replaced between two parts is begun anew', async () => {
  const { server, away, files } = await coordinator();
  const [before, after] = [randomBytes(4 * MB, 1), randomBytes(3 * MB, 2)];
  await files.put('checkpoint', [before]);
  const act = () => files.put('checkpoint', [after]);
  const proxy = await startProxy(server.port, [{ direction: 'down', at: 3.5 * MB, then: 'end', act }]);
  const agent = client(proxy.url);
  await expect(agent.getTrialFile('e1', 'checkpoint', away('back'))).resolves.toBe(true);
  expect(hashOf(away('back'))).toBe(sha256(after));
  expect(agent.troubles).toContain('it was replaced by another');
});

it('one that is replaced while it is sent arrives as it was', async () => {
  const { server, away, files } = await coordinator();
  const before = randomBytes(20 * MB);
  await files.put('checkpoint', [before]);
  const act = () => files.put('checkpoint', [randomBytes(20 * MB, 2)]);
  const proxy = await startProxy(server.port, [{ direction: 'down', at: MB, then: 'go on', act }]);
  await client(proxy.url).getTrialFile('e1', 'checkpoint', away('back'));
  expect(proxy.happened).toBe(1);
  expect(hashOf(away('back'))).toBe(sha256(before));
});

describe('an execution that is over', () => {
  const content = randomBytes(4 * MB);

  it.each(['its execution is over', 'its trial is another', 'it may write no longer'])(
    'replaces nothing and leaves nothing where meanwhile %s',
    async (why) => {
      const { server, away, files, open, inFolder, root } = await coordinator();
      await files.put('checkpoint', [Buffer.from('of the next attempt')]);
      const now = open.get('e1')!;
      const act = async (): Promise<void> => {
        await expect.poll(inFolder, PATIENTLY).toContain('checkpoint.safetensors.e1.part');
        if (why === 'its execution is over') open.delete('e1');
        else if (why === 'it may write no longer') open.set('e1', { ...now, writes: [] });
        else open.set('e1', { ...now, files: new TrialFiles(path.join(root, 'results/sweep/other')) });
      };
      const proxy = await startProxy(server.port, [{ direction: 'up', at: 3 * MB, then: 'go on', act }]);
      const sent = client(proxy.url).putTrialFile('e1', 'checkpoint', away('sent', content));
      await expect(sent).rejects.toMatchObject({
        name: 'TransferRefused',
        status: why === 'it may write no longer' ? 403 : 410,
      });
      expect(proxy.happened).toBe(1);
      expect(readFileSync(files.path('checkpoint'), 'utf8')).toBe('of the next attempt');
      expect(inFolder()).toEqual(['checkpoint.safetensors']);
    },
  );

  it('ends its open upload where it is forgotten, whose partial file goes', async () => {
    const { server, away, open, inFolder } = await coordinator();
    const forget = (): void => {
      open.delete('e1');
      server.forget('e1');
    };
    const proxy = await startProxy(server.port, [{ direction: 'up', at: 3 * MB, then: 'stall', act: forget }]);
    const sent = client(proxy.url).putTrialFile('e1', 'checkpoint', away('sent', content));
    await expect(sent).rejects.toMatchObject({ status: 410 });
    expect(inFolder()).toEqual([]);
  });

  it('one that was broken off goes, too, and with the server all do', async () => {
    const { server, away, inFolder } = await coordinator();
    const breaking = async (file: 'checkpoint' | 'samples'): Promise<void> => {
      const stop = new AbortController();
      const proxy = await startProxy(server.port, [
        { direction: 'up', at: 3 * MB, then: 'end', act: () => stop.abort(new Error('gone')) },
      ]);
      const agent = client(proxy.url, { signal: stop.signal });
      await expect(agent.putTrialFile('e1', file, away('sent', content))).rejects.toThrow('gone');
    };
    await breaking('checkpoint');
    await expect.poll(inFolder, PATIENTLY).toEqual(['checkpoint.safetensors.e1.part']);
    server.forget('e2');
    expect(inFolder()).toEqual(['checkpoint.safetensors.e1.part']);
    server.forget('e1');
    await expect.poll(inFolder, PATIENTLY).toEqual([]);
    await breaking('samples');
    await expect.poll(inFolder, PATIENTLY).toEqual(['samples.png.e1.part']);
    await server[Symbol.asyncDispose]();
    expect(inFolder()).toEqual([]);
  });
});

describe('trouble of the coordinator', () => {
  it('a full disk is told, waited out, and holds no half file meanwhile', async ({ skip }) => {
    const { url, away, open, root } = await coordinator();
    const disk = path.join(root, 'disk');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk]);
    if (mounted.status !== 0) skip('only root can mount a small disk');
    onTestFinished(() => void spawnSync('umount', [disk]));
    const files = new TrialFiles(path.join(disk, 'trial'));
    open.set('e1', { files, reads: [], writes: ['checkpoint'] });
    writeFileSync(path.join(disk, 'filler'), Buffer.alloc(4 * MB));
    const content = randomBytes(3 * MB);
    const seen: string[] = [];
    const agent = client(url, {
      onTrouble: (reason) => {
        seen.push(reason);
        const { bfree, bsize } = statfsSync(disk);
        if (reason.includes('507')) expect(bfree * bsize).toBeGreaterThan(MB);
        if (seen.length === 3) rmSync(path.join(disk, 'filler'));
      },
    });
    await agent.putTrialFile('e1', 'checkpoint', away('sent', content));
    expect(seen).toEqual(Array(3).fill('HTTP 507 ENOSPC, no space left on device'));
    expect(hashOf(files.path('checkpoint'))).toBe(sha256(content));
  });

  it('one that is not there yet, goes away and comes back on its port is waited for', async () => {
    const { away, files, open, server } = await coordinator();
    const content = randomBytes(8 * MB);
    const { port } = server;
    const options = {
      token: TOKEN,
      port,
      host: '127.0.0.1',
      filesOf: (id: string) => open.get(id),
      dataFile: () => undefined,
    };
    let again: Promise<AsyncDisposable> | undefined;
    onTestFinished(async () => (await again)?.[Symbol.asyncDispose]());
    const proxy = await startProxy(port, [
      {
        direction: 'up',
        at: 5 * MB,
        then: 'go on',
        act: async () => {
          await server[Symbol.asyncDispose]();
          again = startTransferServer(options);
        },
      },
    ]);
    await client(proxy.url).putTrialFile('e1', 'checkpoint', away('sent', content));
    expect(again).toBeDefined();
    expect(hashOf(files.path('checkpoint'))).toBe(sha256(content));
  });

  it('a port that is taken is told as such', async () => {
    const { server } = await coordinator();
    const second = coordinator({ port: server.port });
    await expect(second).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('EADDRINUSE') as string,
    });
  });

  it('a bug of its own is told to it, and nothing of it to whoever asked, who tries again', async () => {
    let isBroken = true;
    const opened: { open?: Map<string, OpenFiles> } = {};
    const { url, away, open, files, troubles } = await coordinator({
      filesOf: (id) => {
        if (isBroken) throw new Error('/secret/path');
        return opened.open!.get(id);
      },
    });
    opened.open = open;
    await files.put('weights', [Buffer.from('weights')]);
    const reasons: string[] = [];
    const agent = client(url, {
      onTrouble: (reason) => {
        reasons.push(reason);
        isBroken = false;
      },
    });
    await expect(agent.getTrialFile('e1', 'weights', away('back'))).resolves.toBe(true);
    expect(reasons).toEqual(['HTTP 500 this failed at the coordinator']);
    expect(troubles).toMatchObject([{ message: '/secret/path' }]);
  });
});

describe('a byte that changes on its way', () => {
  const content = randomBytes(MB);
  const flip = (direction: 'up' | 'down'): Interference => ({ direction, at: MB / 2, then: 'go on', flip: true });

  it('is found, and the file goes on before it', async () => {
    const { server, away, files } = await coordinator();
    const proxy = await startProxy(server.port, [flip('up')]);
    const agent = client(proxy.url);
    await agent.putTrialFile('e1', 'checkpoint', away('sent', content));
    expect(hashOf(files.path('checkpoint'))).toBe(sha256(content));
    expect([proxy.happened, agent.troubles.length]).toEqual([1, 1]);
  });

  it('of a download, too', async () => {
    const { server, away, files } = await coordinator();
    await files.put('weights', [content]);
    const proxy = await startProxy(server.port, [flip('down')]);
    const agent = client(proxy.url);
    await agent.getTrialFile('e1', 'weights', away('back'));
    expect(hashOf(away('back'))).toBe(sha256(content));
    expect([proxy.happened, agent.troubles.length]).toEqual([1, 1]);
  });
});

it('a file whose content twice is not what was said of it is refused', async () => {
  const { away, inAway } = await coordinator();
  const asked: string[] = [];
  const url = await startServer((request, response) => {
    asked.push(request.method!);
    request.resume();
    if (request.method === 'HEAD') response.writeHead(204, { 'upload-offset': '0' });
    if (request.method === 'PUT') response.writeHead(422, 'another content');
    if (request.method === 'GET') response.writeHead(200, { etag: `"${'0'.repeat(64)}"` });
    response.end();
  });
  const refused = { name: 'TransferRefused', status: 422 };
  await expect(client(url).getTrialFile('e1', 'weights', away('back'))).rejects.toMatchObject(refused);
  const sent = client(url).putTrialFile('e1', 'checkpoint', away('sent', randomBytes(9)));
  await expect(sent).rejects.toMatchObject(refused);
  expect(asked).toEqual(['GET', 'GET', 'HEAD', 'PUT', 'HEAD', 'PUT']);
  expect(inAway()).toEqual(['sent']);
});

it('what is no coordinator is told as such, and followed nowhere', async () => {
  const answers = [
    [200, {}],
    [206, { etag: '"x"' }],
    [302, { location: '/elsewhere' }],
    [404, {}],
  ] as const;
  for (const [status, headers] of answers) {
    const asked: string[] = [];
    const url = await startServer((request, response) => {
      asked.push(request.url!);
      response.writeHead(status, headers).end('<html>');
    });
    const { away, inAway } = await coordinator();
    const agent = client(url);
    await expect(agent.getTrialFile('e1', 'weights', away('back'))).rejects.toMatchObject({ name: 'TransferRefused' });
    await expect(agent.putTrialFile('e1', 'weights', away('sent', Buffer.from('x')))).rejects.toMatchObject({
      name: 'TransferRefused',
    });
    expect(asked).toEqual(['/trials/e1/weights', '/trials/e1/weights']);
    expect(inAway()).toEqual(['sent']);
  }
});

it('trouble with files here is the caller’s at once', async () => {
  const { url, away, files } = await coordinator();
  await files.put('weights', [Buffer.from('weights')]);
  const agent = client(url);
  await expect(agent.putTrialFile('e1', 'checkpoint', away('nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
  mkdirSync(away('folder'));
  await expect(agent.getTrialFile('e1', 'weights', away('folder'))).rejects.toMatchObject({ code: 'EISDIR' });
  expect(agent.troubles).toEqual([]);
  expect(existsSync(files.path('checkpoint'))).toBe(false);
});

it('a coordinator that never answers is given up, with the reason', async () => {
  const { away } = await coordinator();
  const agent = client('https://127.0.0.1:1', { pauseMs: 1, giveUpMs: 50 });
  await expect(agent.putTrialFile('e1', 'checkpoint', away('c', new Uint8Array(3)))).rejects.toThrow(/ECONNREFUSED/);
});

/** One that knows the token, and nothing else of a coordinator. */
async function startServer(answer: RequestListener): Promise<string> {
  const server = createServer(serverChannel(TOKEN), answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as { port: number }).port}`;
}
