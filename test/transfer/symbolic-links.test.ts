/** Nothing is written through a symbolic link. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { TrialFiles } from '../../src/files/trial-files.ts';
import { client, coordinator } from './support.ts';
import { announcement, CHECKPOINT, send, sendAndLeave } from './raw-requests.ts';

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
