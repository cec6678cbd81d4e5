/** What the pages for contributors say of the folders is so: each file that a table names is where it says, each room is there. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './markdown.ts';

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const isThere = (file: string): boolean => existsSync(path.join(ROOT, file));
const namesIn = (text: string): string[] => [...text.matchAll(/`([\w./-]+)`/g)].map(([, name]) => name!);
const rowsOf = (page: string): string[] => page.split('\n').filter((line) => /^\| (?!---)/.test(line));

/** Those that a row names, in full; one without a folder lies in the folder named before it. */
function filesIn(row: string): string[] {
  let folder = '';
  return namesIn(row).flatMap((name) => {
    if (/^(src|test|workers|schemas)\//.test(name)) {
      const isFolder = isThere(name) && statSync(path.join(ROOT, name)).isDirectory();
      folder = isFolder ? name : path.dirname(name);
      return [name];
    }
    return /^[\w-]+\.(ts|css)$/.test(name) ? [path.join(folder, name)] : [];
  });
}

it('each file of docs/design/where-to-change.md is there', () => {
  const files = rowsOf(read('docs/design/where-to-change.md')).flatMap(filesIn);
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => !isThere(file))).toEqual([]);
});

it('ARCHITECTURE has each room of src, and what it begins with is there', () => {
  const table = read('ARCHITECTURE.md').split('| room in `src` |', 2)[1]!.split('\n\n', 1)[0]!;
  const rows = rowsOf(table).map((row) => row.split('|'));
  const rooms = readdirSync(path.join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const named = rows.flatMap(([, room]) => namesIn(room!)).filter((name) => name !== 'src');
  expect(named.toSorted()).toEqual(rooms.map(({ name }) => name).toSorted());
  const stray = rows.flatMap(([, room, , begin]) => {
    const folders = namesIn(room!).map((name) => (name === 'src' ? 'src' : `src/${name}`));
    return namesIn(begin!).filter((file) => !folders.some((folder) => isThere(`${folder}/${file}`)));
  });
  expect(stray).toEqual([]);
});
