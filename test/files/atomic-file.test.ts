import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { writeFileAtomically } from '../../src/files/atomic-file.ts';

async function folderOfTest(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vae-sweep-atomic-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

it('replaces a file by all pieces, and what a crash left beside it', async () => {
  const folder = await folderOfTest();
  const file = path.join(folder, 'file');
  await writeFile(file, 'old');
  await writeFile(`${file}.tmp`, 'half a file from a crash');
  await writeFileAtomically(file, [Buffer.from('new '), Buffer.from('content')]);
  expect(await readFile(file, 'utf8')).toBe('new content');
  expect(await readdir(folder)).toEqual(['file']);
});

it('leaves nothing beside the old content when it fails', async () => {
  const folder = await folderOfTest();
  const file = path.join(folder, 'file');
  // A folder of that name can't be replaced by a file.
  await mkdir(file);
  await expect(writeFileAtomically(file, [Buffer.from('new')])).rejects.toMatchObject({ code: 'EISDIR' });
  expect(await readdir(folder)).toEqual(['file']);
});
