/** Real answers of every command with --json, held to schemas/. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ANSWERS, answerJsonSchema } from '../../schemas/answers.ts';
import { runCli } from '../cli/support.ts';
import { trainedSweep } from '../cli/trained-sweep.ts';

const FOLDER = new URL('../../schemas/', import.meta.url);
const read = (name: string): Record<string, unknown> => {
  return JSON.parse(readFileSync(new URL(`${name}.schema.json`, FOLDER), 'utf8')) as Record<string, unknown>;
};

let folder: string;
let spec: string;
let root: string;
beforeEach(async () => {
  const trained = await trainedSweep();
  [folder, spec, root] = [trained.folder, trained.spec, trained.layout.root];
});

/** Both the definition and the file that is written from it; the answer has no member that they don't know. */
function hold(name: string, answer: unknown): void {
  expect(ANSWERS[name]!.parse(answer)).toEqual(answer);
  const { success, error } = z.fromJSONSchema(read(name)).safeParse(answer);
  expect(error?.issues ?? []).toEqual([]);
  expect(success).toBe(true);
}

test('the files are what the definitions say; `npm run schema` writes them', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  expect(files.sort()).toEqual(
    Object.keys(ANSWERS)
      .map((name) => `${name}.schema.json`)
      .sort(),
  );
  for (const name of Object.keys(ANSWERS))
    expect(read(name)).toEqual(JSON.parse(JSON.stringify(answerJsonSchema(name))));
});

const sweep = (...args: string[]) => runCli([...args, '--results', root]);

describe('the schema of', () => {
  test('each answer', async () => {
    const [trial] = (JSON.parse((await sweep('report', '--json')).stdout) as { best: { trials: string[] }[] }).best[0]!
      .trials;
    const commands: Record<string, string[]> = {
      report: ['report', '--json'],
      compare: ['compare', 'beta=1', 'beta=4', '--json'],
      effects: ['effects', '--json'],
      show: ['show', trial!, '--json'],
      trials: ['show', '--json'],
      gallery: ['gallery', '--json', '-o', path.join(folder, 'gallery.png')],
      reproduce: ['reproduce', trial!, '--json'],
      status: ['status', '--json'],
      plan: ['plan', spec, '--list', '--json'],
      data: ['data', '--json', '--data', folder],
      'export-trials': ['export', '--json'],
      'export-metrics': ['export', '--table', 'metrics', '--json'],
      init: ['init', path.join(folder, 'new'), '--json', '--quiet'],
      tag: ['tag', trial!, 'paper', '--json'],
      note: ['note', trial!, 'figure 3', '--json'],
      gc: ['gc', '--dry-run', '--json'],
      rm: ['rm', trial!, '--yes', '--json'],
    };
    for (const [name, args] of Object.entries(commands)) {
      const { stdout, stderr, code } = await sweep(...args);
      expect({ name, stderr, code }).toEqual({ name, stderr: '', code: 0 });
      hold(name, JSON.parse(stdout));
    }
  });

  test('each line of a run', async () => {
    const { stdout } = await sweep('run', spec, 'beta=2', '--device', 'cpu', '--slots', '1', '--json');
    const searching = ['name=searching', 'beta={min: 1, max: 8}', 'search=tpe', 'trials=8', 'lookahead=4', 'epochs=4'];
    const limits = ['prune={method: halving, eta: 2}', 'budget.trials=6'];
    const other = await sweep('run', spec, ...searching, ...limits, '--device', 'cpu', '--json');
    const lines = [...stdout.trim().split('\n'), ...other.stdout.trim().split('\n')];
    for (const line of lines) hold('run-event', JSON.parse(line));
    const types = new Set(lines.map((line) => (JSON.parse(line) as { type: string }).type));
    expect([...types]).toEqual(expect.arrayContaining(['proposed', 'paused', 'judged', 'budget']));
  });

  test('errors, one line at the end of stderr, with the exit code of the command', async () => {
    writeFileSync(path.join(folder, 'wrong.yaml'), 'name: x\nepoch: 3\n');
    const cases: [string[], string, number][] = [
      [['--json'], 'USAGE', 2],
      [['report', 'nope', '--json'], 'NOT_FOUND', 4],
      [['report', '--where', 'beta=3', '--format', 'json'], 'NOT_FOUND', 4],
      [['report', '--jsn', '--format=json'], 'USAGE', 2],
      [['plan', path.join(folder, 'wrong.yaml'), '--json'], 'SPEC_INVALID', 2],
    ];
    for (const [args, errorCode, exitCode] of cases) {
      const { stdout, stderr, code } = await sweep(...args);
      const answer = JSON.parse(stderr) as { error: object };
      hold('error', answer);
      expect({ stdout, code }).toEqual({ stdout: '', code: exitCode });
      expect(answer.error).toMatchObject({ code: errorCode, exit_code: exitCode });
    }
  });

  test('an empty folder: an empty list, and that nothing was found', async () => {
    const { stdout, stderr, code } = await runCli(['status', '--json', '--results', path.join(folder, 'none')]);
    hold('status', JSON.parse(stdout));
    expect(JSON.parse(stdout)).toMatchObject({ sweeps: [] });
    hold('error', JSON.parse(stderr));
    expect(code).toBe(4);
  });
});
