/** `sweep tag` and `sweep note`, and where they are seen. */
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/sqlite-store.ts';
import { ResultsLayout } from '../../src/files/paths.ts';
import { startChild } from '../store/children.ts';
import { runCli, temporaryFolder } from './support.ts';
import { trainedSweep } from './trained-sweep.ts';

interface Marked {
  readonly trial: string;
  readonly tags: readonly string[];
  readonly note: string | null;
}

async function open() {
  const { layout, spec } = await trainedSweep();
  const sweep = (...args: string[]) => runCli([...args, '--results', layout.root]);
  const json = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await sweep(...args, '--json')).stdout) as unknown;
  const trials = async (): Promise<readonly Marked[]> =>
    ((await json('show', 'tiny')) as { trials: readonly Marked[] }).trials;
  const [best, other] = await trials();
  return { layout, spec, sweep, json, trials, best: best!.trial, other: other!.trial };
}

test('a tag is told by show, report, export and --where, until it is taken off', async () => {
  const { sweep, json, trials, best, other } = await open();
  expect((await sweep('show', 'tiny')).stdout).not.toContain('tags');
  expect(await sweep('tag', best.slice(0, 6), 'paper', 'fig:3')).toMatchObject({
    code: 0,
    stdout: `${best}: fig:3, paper\n`,
  });
  // Once more is no mistake.
  expect(await json('tag', best, 'paper')).toMatchObject({ kind: 'trial', name: best, tags: ['fig:3', 'paper'] });
  expect((await trials()).map(({ tags }) => tags)).toEqual([['fig:3', 'paper'], []]);
  expect((await sweep('show', 'tiny')).stdout).toMatch(/tags[^]*fig:3, paper/);
  expect((await sweep('show', best)).stdout).toContain('tags: fig:3, paper');
  expect((await sweep('report', 'tiny', '--format', 'md')).stdout).toContain('| tags |');
  const rows = (await json('export', 'tiny')) as readonly Marked[];
  expect(rows.find(({ trial }) => trial === best)?.tags).toEqual(['fig:3', 'paper']);
  const chosen = (await json('export', 'tiny', '--where', 'tag=paper')) as readonly Marked[];
  expect(chosen.map(({ trial }) => trial)).toEqual([best]);
  expect(await sweep('report', 'tiny', '--where', 'tag=paper')).toMatchObject({ code: 0 });

  expect(await sweep('tag', best, 'draft', '--remove')).toMatchObject({ code: 4 });
  expect(await sweep('tag', best, 'paper', 'fig:3', '--remove')).toMatchObject({ stdout: `${best}: no tags\n` });
  expect(await sweep('tag', other)).toMatchObject({ stdout: `${other}: no tags\n` });
});

test('a sweep has tags and a note of its own', async () => {
  const { sweep, json, best } = await open();
  expect(await sweep('tag', 'tiny', 'seminar')).toMatchObject({ stdout: 'tiny: seminar\n' });
  expect(await sweep('note', 'tiny', 'before', 'the', 'fix')).toMatchObject({ stdout: 'tiny: before the fix\n' });
  for (const args of [['show', 'tiny'], ['report', 'tiny'], ['status'], ['show', best]]) {
    const { stdout } = await sweep(...args);
    expect([args, stdout.includes('seminar')]).toEqual([args, args[1] !== best]);
  }
  const marks = { tags: ['seminar'], note: 'before the fix' };
  expect(await json('report', 'tiny')).toMatchObject(marks);
  expect(await json('status')).toMatchObject({ sweeps: [marks] });
});

test('a note is written, printed, replaced and removed', async () => {
  const { sweep, trials, best } = await open();
  expect(await sweep('note', best)).toMatchObject({ code: 0, stdout: `${best}: no note\n` });
  await sweep('note', best, 'figure 3');
  expect(await sweep('note', best.slice(0, 8), 'figure 4, "as is"')).toMatchObject({ code: 0 });
  expect(await sweep('note', best)).toMatchObject({ stdout: `${best}: figure 4, "as is"\n` });
  expect((await sweep('show', best)).stdout).toContain('note: figure 4, "as is"');
  expect((await trials()).map(({ note }) => note)).toEqual(['figure 4, "as is"', null]);
  expect(await sweep('note', best, '--remove')).toMatchObject({ stdout: `${best}: no note\n` });
});

test.each([
  [['tag', 'two words'], 'has a space'],
  [['tag', ''], 'is empty'],
  [['tag', 'x'.repeat(41)], '41 characters, and 40 are the most'],
  [['tag', 'a,b'], 'letters, digits and'],
  [['tag', '1..4'], 'letters, digits and'],
  [['tag', '\u001b[31mred'], 'letters, digits and'],
  [['tag', '--remove'], 'Which tags?'],
  [['note', ' '], 'is empty'],
  [['note', 'x'.repeat(1001)], '1,001 characters, and 1000 are the most'],
  [['note', 'two\nlines'], 'one line'],
  [['note', '\u001b]0;title\u0007'], 'one line'],
  [['note', 'text', '--remove'], 'no text'],
])('%j is refused with the reason', async ([command, ...words], reason) => {
  const { sweep, trials, best } = await open();
  const { code, stdout, stderr } = await sweep(command!, best, ...words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(reason);
  expect(stderr).not.toContain('\u001b]');
  expect((await trials()).every(({ tags, note }) => tags.length === 0 && note === null)).toBe(true);
});

test('who is not there can not be tagged', async () => {
  const { sweep } = await open();
  expect(await sweep('tag', 'tinny', 'paper')).toMatchObject({ code: 4 });
  expect(await sweep('note', 'ffffffff', 'text')).toMatchObject({ code: 4 });
  expect(await runCli(['tag', 'tiny', 'paper', '--results', temporaryFolder()])).toMatchObject({ code: 4 });
});

test('what is said of a trial goes with its last row', async () => {
  const { sweep, spec, best } = await open();
  await sweep('tag', best, 'paper');
  await sweep('note', 'tiny', 'text');
  await sweep('rm', 'tiny', '--yes');
  await sweep('run', spec, '--device', 'cpu', '--slots', '1');
  expect(await sweep('tag', best)).toMatchObject({ stdout: `${best}: no tags\n` });
  expect(await sweep('note', 'tiny')).toMatchObject({ stdout: 'tiny: no note\n' });
});

test('completion knows trials, sweeps, the tags in use, and tag= of --where', async () => {
  const { sweep, layout, best } = await open();
  await sweep('tag', best, 'paper');
  const ask = async (...words: string[]): Promise<string[]> => {
    const { stdout } = await runCli(['__complete', '--', ...words]);
    return stdout.split('\n').map((line) => line.split('\t')[0]!);
  };
  const results = ['--results', layout.root];
  expect(await ask('tag', ...results, '')).toEqual(expect.arrayContaining(['tiny', best.slice(0, 6)]));
  expect(await ask('tag', ...results, 'tiny', 'p')).toEqual(['paper', '']);
  expect(await ask('report', ...results, '--where', 'tag=')).toEqual(['tag=paper', '']);
});

test('tags are written while a run writes as fast as it can, and disturb neither', async () => {
  const layout = new ResultsLayout(temporaryFolder());
  const child = startChild('run-sweep.ts', [layout.root, 'busy', '20', '5']);
  while ((await child.nextLine()) !== 'plan');
  const tags = Array.from({ length: 10 }, (_, index) => `tag${index}`);
  for (const tag of tags) {
    expect(await runCli(['tag', 'busy', tag, '--results', layout.root])).toMatchObject({ code: 0 });
  }
  await child.end();
  expect(child.lines.at(-1)).toBe('done');
  const { stdout } = await runCli(['tag', 'busy', '--json', '--results', layout.root]);
  expect(JSON.parse(stdout)).toMatchObject({ tags });
  // Nor a run that begins now.
  openStore(layout, 'busy')[Symbol.dispose]();
});
