import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../support.ts';
import { trainedSweep } from '../trained-sweep.ts';

it('report, compare and export write to a file, in the form that its ending asks for', async () => {
  const { folder, layout } = await trainedSweep();
  const write = async (file: string, ...args: string[]): Promise<string> => {
    const ended = await runCli([...args, '-o', path.join(folder, file), '--results', layout.root], {
      FORCE_COLOR: '1',
    });
    expect(ended).toMatchObject({ code: 0, stdout: '', stderr: '' });
    return readFileSync(path.join(folder, file), 'utf8');
  };
  expect(await write('a.tex', 'report')).toContain('\\begin{tabular}');
  expect(await write('a.csv', 'report')).toMatch(/^sweep,rank,/);
  expect(await write('a.json', 'report')).toContain('vae-sweep.report/1');
  expect(await write('a.md', 'report')).toMatch(/^## tiny/);
  expect(await write('a.txt', 'report')).toMatch(/^tiny · 2\/2 trials completed/);
  expect(await write('b.txt', 'report', '--format', 'csv')).toMatch(/^sweep,rank,/);
  expect(await write('c.tex', 'compare', 'beta=1', 'beta=4')).toContain('\\begin{tabular}');
  expect(await write('d.ndjson', 'export')).toMatch(/^\{"sweep":"tiny"/);
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

it('a file that is replaced keeps its mode, and one of the results is refused', async () => {
  const { folder, layout } = await trainedSweep();
  const file = path.join(folder, 'report.md');
  writeFileSync(file, 'before');
  chmodSync(file, 0o600);
  expect((await runCli(['report', '-o', file, '--results', layout.root])).code).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const { code, stderr } = await runCli(['report', '-o', layout.database, '--results', layout.root]);
  expect(stderr).toContain('a file of the results themselves');
  expect(code).toBe(2);
});

it('a file that can’t be written is an error of the user, and leaves nothing behind', async () => {
  const { folder, layout } = await trainedSweep();
  mkdirSync(path.join(folder, 'taken'));
  for (const file of [path.join(folder, 'absent', 'a.md'), path.join(folder, 'taken')]) {
    const { code, stderr } = await runCli(['report', '-o', file, '--results', layout.root]);
    expect(stderr).toContain(`Can't write ${file}`);
    expect(code).toBe(2);
  }
  expect(existsSync(path.join(folder, 'absent'))).toBe(false);
});

it('what has a place of its own is written there also where the folder is gone, or else says where it could go', async () => {
  const { layout } = await trainedSweep();
  const page = () => runCli(['report', '--format', 'html', '--results', layout.root]);
  rmSync(layout.sweep('tiny'), { recursive: true });
  expect(await page()).toMatchObject({ code: 0, stderr: '' });
  expect(readFileSync(layout.page('tiny'), 'utf8')).toMatch(/^<!doctype html>/i);
  rmSync(layout.sweep('tiny'), { recursive: true });
  writeFileSync(layout.sweep('tiny'), '');
  for (const { code, stderr } of [await page(), await runCli(['gallery', '--results', layout.root])]) {
    expect(stderr).toMatch(/^✗ Can't write .*tiny.*Name another file with -o/);
    expect(code).toBe(2);
  }
});
