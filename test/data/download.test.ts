import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { download, DownloadError, type DownloadProgress } from '../../src/data/download.ts';
import { closedAddress, serve, serveFiles } from './file-server.ts';
import { sha256 } from './fixtures.ts';
import { temporaryFolder } from './temporary-folder.ts';

const content = Buffer.alloc(300_000, 'sprites');

test('writes the file, makes its folder and tells how far it is', async () => {
  const url = `${await serveFiles({ file: content })}file`;
  const target = path.join(await temporaryFolder(), 'new', 'folder', 'file.gz');
  const progress: DownloadProgress[] = [];
  await download({ urls: [url], sha256: sha256(content), target, onProgress: (step) => progress.push(step) });
  expect(await readFile(target)).toEqual(content);
  expect(progress.at(-1)).toEqual({ file: 'file.gz', receivedBytes: 300_000, totalBytes: 300_000 });
  const received = progress.map((step) => step.receivedBytes);
  expect(received).toEqual(received.toSorted((a, b) => a - b));
});

test('does not know the total when the server does not say', async () => {
  const url = await serve((_, response) => {
    response.write(content);
    response.end();
  });
  const target = path.join(await temporaryFolder(), 'file');
  const progress: DownloadProgress[] = [];
  await download({ urls: [url], sha256: sha256(content), target, onProgress: (step) => progress.push(step) });
  expect(progress.at(-1)).toMatchObject({ receivedBytes: 300_000, totalBytes: null });
});

test('goes on to the next server when one is gone, has no such file, breaks off or sends something else', async () => {
  const urls = [
    await closedAddress(),
    await serveFiles({}),
    await serve((_, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 1000), () => response.destroy());
    }),
    await serveFiles({ file: Buffer.from('Please log in to the hotel network.') }),
    await serveFiles({ file: content }),
  ].map((server) => `${server}file`);
  const folder = await temporaryFolder();
  await download({ urls, sha256: sha256(content), target: path.join(folder, 'file') });
  expect(await readFile(path.join(folder, 'file'))).toEqual(content);
  expect(await readdir(folder)).toEqual(['file']);
});

test('leaves nothing behind when no server has the file, and says what each did', async () => {
  const gone = await closedAddress();
  const empty = await serveFiles({});
  const other = await serveFiles({ file: Buffer.from('other') });
  const folder = await temporaryFolder();
  const urls = [gone, empty, other].map((server) => `${server}file`);
  const failure = download({ urls, sha256: sha256(content), target: path.join(folder, 'file') });
  await expect(failure).rejects.toThrow(DownloadError);
  await expect(failure).rejects.toThrow(
    new RegExp(
      `^${gone}file: .*ECONNREFUSED.*\n${empty}file: HTTP 404 Not Found\n` +
        `${other}file: not the file expected: its sha256 is ${sha256(Buffer.from('other'))}, not ${sha256(content)}$`,
    ),
  );
  expect(await readdir(folder)).toEqual([]);
});

test('takes a .gz file as it is, though the server would offer to unpack it', async () => {
  const url = await serve((request, response) => {
    if (request.headers['accept-encoding'] === 'identity') response.end(content);
    else response.writeHead(500).end();
  });
  const target = path.join(await temporaryFolder(), 'file');
  await download({ urls: [url], sha256: sha256(content), target });
  expect(await readFile(target)).toEqual(content);
});

test('may run twice at once for the same file', async () => {
  const url = `${await serveFiles({ file: content })}file`;
  const folder = await temporaryFolder();
  const one = { urls: [url], sha256: sha256(content), target: path.join(folder, 'file') };
  await Promise.all([download(one), download(one)]);
  expect(await readdir(folder)).toEqual(['file']);
  expect(await readFile(one.target)).toEqual(content);
});
