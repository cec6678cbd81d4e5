/** Data of one's own that changed or moved since they were trained on, by the real command. */
import { copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import Database from 'better-sqlite3';
import { openResults } from '../../src/index.ts';
import { ResultsLayout } from '../../src/files/paths.ts';
import { npy } from '../data/own/write.ts';
import { bitsOf, GREY, N, place, SIDE, spec } from './own-place.ts';
import { startCli } from './support.ts';

describe('images that changed', () => {
  it('are new trials, and that is said; results of others are not taken for theirs', async () => {
    const { at, specAt, ok, sweep } = place();
    const file = specAt('a.yaml', spec('./faces'));
    const where = ['--results', at('r'), '--device', 'cpu'];
    await ok('run', file, 'architecture=mlp', '--quiet', ...where);
    const { id } = bitsOf(at('r')).found[0]!;
    copyFileSync(at('faces/001.png'), at('faces/000.png'));
    const says = 'the images of faces have changed since 1 trial of this sweep';
    const { warnings, trials, outside_plan } = JSON.parse(
      await ok('plan', file, 'architecture=mlp', '--json', ...where),
    ) as { warnings: string[]; trials: object; outside_plan: number };
    expect({ told: warnings.filter((text) => text.includes(says)).length, trials, outside_plan }).toMatchObject({
      told: 1,
      trials: { total: 1, to_run: 1 },
      outside_plan: 1,
    });
    for (const command of [
      ['reproduce', id],
      ['gallery', 'spots', '--panel', 'worst', '-o', at('g.png')],
    ]) {
      const { code, stderr } = await sweep(...command, '--results', at('r'));
      expect(code).toBe(2);
      expect(stderr).toContain(`${at('faces')} has changed since the sweep was planned`);
      expect(stderr).not.toMatch(/corrupt|damaged/);
    }
    const { stderr } = await sweep('run', file, 'architecture=mlp', ...where);
    expect(stderr).toContain(says);
    const results = openResults(at('r'));
    const { trials: now, outside } = results.sweep('spots');
    results.close();
    expect([now.map(({ state }) => state), outside.map((trial) => trial.id)]).toEqual([['completed'], [id]]);
    expect(now[0]!.id).not.toBe(id);
    expect((await sweep('report', 'spots', '--all', '--results', at('r'))).stderr).toMatch(
      /different data \(faces \([0-9a-f]{6}\)/,
    );
  });
});

it('images that change while a sweep runs fail its trials, rather than train on others', async () => {
  const { at, env, specAt } = place();
  const file = specAt('a.yaml', spec('./faces.npy', 100_000));
  const args = ['run', file, '--json', '--results', at('r'), '--device', 'cpu', '--slots', '1'];
  const { child, ended } = startCli(args, env);
  onTestFinished(() => void child.kill('SIGKILL'));
  interface Line {
    readonly type: string;
    readonly devices?: readonly { readonly pid: number }[];
    readonly cause?: string | null;
  }
  let device: number | undefined;
  let isKilled = false;
  const causes: (string | null | undefined)[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const { type, devices, cause } = JSON.parse(line) as Line;
    device ??= devices?.[0]?.pid;
    if (type === 'finished') causes.push(cause);
    if (type !== 'epoch' || isKilled) continue;
    // The device has its images; the one that takes its place reads them anew.
    writeFileSync(at('faces.npy'), npy([N, SIDE, SIDE, 1], GREY.with(9, 200)));
    process.kill(device!, 'SIGKILL');
    isKilled = true;
  }
  expect(await ended).toMatchObject({ code: 3 });
  const says = expect.stringMatching(/^data: .*faces\.npy has changed since the sweep was planned/) as string;
  expect(causes).toEqual([says, says]);
});

it('a row whose images can not be is refused, with its place', async () => {
  const { at, specAt, ok, sweep } = place();
  const file = specAt('a.yaml', spec('./faces.npy'));
  await ok('run', file, 'architecture=mlp', 'epochs=1', '--quiet', '--results', at('r'), '--device', 'cpu');
  const db = new Database(new ResultsLayout(at('r')).database);
  db.exec('CREATE TEMP TABLE kept AS SELECT key, config FROM trials');
  const edit = (json: string) => db.prepare(`UPDATE trials SET config = ${json}`).run();
  for (const [json, says] of [
    ["json_remove(config, '$.dataset.own.splits')", /has a configuration that is none/],
    ["json_set(config, '$.dataset.own', json('{}'))", /has a configuration that is none/],
    ["json_set(config, '$.dataset.own.fingerprint', 'other')", /another configuration or seed than its id stands for/],
  ] as const) {
    edit(json);
    const { code, stderr } = await sweep('report', '--results', at('r'));
    expect(code).toBe(5);
    expect(stderr).toMatch(says);
    edit('(SELECT config FROM kept WHERE kept.key = trials.key)');
  }
  db.close();
});

describe('images that moved', () => {
  it('are found in --data DIR, by spec and by trial; else the place is told', async () => {
    const { at, specAt, ok, sweep } = place();
    const file = specAt('a.yaml', spec('./faces.npy'));
    await ok('run', file, 'architecture=mlp', '--quiet', '--results', at('r'), '--device', 'cpu');
    const { id } = bitsOf(at('r')).found[0]!;
    mkdirSync(at('data'));
    renameSync(at('faces.npy'), at('data/faces.npy'));
    const gone = await sweep('reproduce', id, '--results', at('r'));
    expect(gone).toMatchObject({ code: 2 });
    expect(gone.stderr).toContain(`The images of faces.npy are not here any more. Looked for:\n  ${at('faces.npy')}\n`);
    const unknown = await sweep('plan', file, '--results', at('r'));
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toMatch(/a\.yaml:2:10 {2}there is no file and no folder .*faces\.npy\n/);
    expect(unknown.stderr).toContain('2 | dataset: ./faces.npy\n    |          ^^^^^^^^^^^');
    expect(await ok('reproduce', id, '--results', at('r'), '--data', at('data'))).toContain('the same bits');
    expect(await ok('plan', file, 'architecture=mlp', '--results', at('r'), '--data', at('data'))).toContain(
      '1 already finished',
    );
    // A path that is typed is meant from where one is.
    expect(await ok('plan', file, `dataset=${path.relative('.', at('data/faces.npy'))}`)).toContain(
      'spots · faces.npy',
    );
  });
});
