/** docs/adding.md is true: its diffs apply, train, and can't be done by half. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** The files of each kind's diff, the definition's first. */
const FILES: Readonly<Record<string, readonly [definition: string, other: string]>> = {
  'A parameter': ['src/model/parameters.ts', 'src/training/chunk-inputs.ts'],
  'An architecture': ['src/model/architectures/linear.ts', 'src/model/architectures/index.ts'],
  'A likelihood': ['src/model/likelihoods/colour.ts', 'src/model/likelihoods/index.ts'],
  'A metric': ['src/metrics/rate-share.ts', 'src/metrics/index.ts'],
  'A data set': ['src/data/datasets/gradients.ts', 'src/data/datasets/index.ts'],
};
/** A line of each definition that is left out, and one of the other file, such that its list lacks it. */
const LEFT_OUT: Readonly<Record<string, readonly [member: string, line: RegExp]>> = {
  'A parameter': ["  description: 'What the noise", /^ {2}noiseScale,\n/m],
  'An architecture': ['  encode: (tf', /, linear(?=\])/],
  'A likelihood': ['  mean: (_tf', /^ {2}colour,\n/m],
  'A metric': ['  goal: null', /^ {2}rateShare,\n/m],
  'A data set': ['  channels: 3', /, gradients(?=\])/],
};

let copy: string;
const at = (file: string): string => path.join(copy, file);

beforeAll(async () => {
  copy = await mkdtemp(path.join(tmpdir(), 'adding-'));
  for (const part of ['src', 'workers', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts']) {
    await cp(path.join(ROOT, part), at(part), { recursive: true });
  }
  await symlink(path.join(ROOT, 'node_modules'), at('node_modules'));
  const sections = (await readFile(path.join(ROOT, 'docs/adding.md'), 'utf8')).split(/^## /m).slice(1);
  expect(sections.map((section) => section.slice(0, section.indexOf('\n')))).toEqual(Object.keys(FILES));
  for (const section of sections) {
    const diffs = [...section.matchAll(/^```diff\n(.*?)^```$/gms)];
    expect(diffs).toHaveLength(1);
    await writeFile(at('one.diff'), diffs[0]![1]!);
    await run('git', ['apply', '--verbose', 'one.diff'], { cwd: copy });
  }
});

afterAll(() => rm(copy, { recursive: true }));

let before: ts.Program | undefined;

/** Errors in each of these files. */
function typeErrors(files: readonly string[]): number[] {
  const { config } = ts.readConfigFile(at('tsconfig.json'), (file) => ts.sys.readFile(file)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, copy);
  const program = ts.createProgram({ rootNames: files.map(at), options, ...(before && { oldProgram: before }) });
  before = program;
  return files.map((file) => {
    const source = program.getSourceFile(at(file));
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].length;
  });
}

/** The conformance tests whose titles match, by title: what they came to. */
async function conformance(titles: string): Promise<Record<string, string>> {
  const files = ['test/model/conformance.test.ts', 'test/metrics/conformance.test.ts', 'test/data/conformance.test.ts'];
  // In one process: to load TF.js is most of the work.
  const together = ['--isolate=false', '--maxWorkers=1'];
  const args = ['run', ...together, '--reporter=json', '--outputFile=outcome.json', '-t', titles, ...files];
  await run(at('node_modules/.bin/vitest'), args, { cwd: copy }).catch(() => undefined);
  const outcome = JSON.parse(await readFile(at('outcome.json'), 'utf8')) as {
    testResults: { assertionResults: { fullName: string; status: string }[] }[];
  };
  const tests = outcome.testResults.flatMap(({ assertionResults }) => assertionResults);
  return Object.fromEntries(
    tests.flatMap(({ fullName, status }) =>
      status === 'passed' || status === 'failed' ? [[fullName, status] as const] : [],
    ),
  );
}

describe('the diffs of docs/adding.md', () => {
  it('pass the type check and the conformance tests', async () => {
    expect(typeErrors(Object.values(FILES).flat())).toEqual(Array(10).fill(0));
    const outcome = await conformance('noise_scale|factors|linear|colour|rate_share|gradients');
    expect(Object.keys(outcome).length).toBeGreaterThan(30);
    expect(Object.entries(outcome).filter(([, status]) => status !== 'passed')).toEqual([]);
  });

  it('leave the ids of all trials as they were', async () => {
    const spec = path.join(ROOT, 'sweeps/beta.yaml');
    const ids = async (root: string): Promise<string> => {
      const script =
        `import { planTrials } from ${JSON.stringify(path.join(root, 'src/plan-sweep.ts'))};` +
        `const { trials } = await planTrials({ specFile: ${JSON.stringify(spec)}, overrides: [] });` +
        `console.log(trials.map(({ id }) => id).join());`;
      return (await run(process.execPath, ['--input-type=module', '--eval', script])).stdout;
    };
    expect(await ids(copy)).toBe(await ids(ROOT));
  });

  it('train, all five at once, and refuse what does not fit', async () => {
    const spec = {
      name: 'colours',
      dataset: 'gradients',
      parameters: { architecture: ['mlp', 'conv', 'linear'], likelihood: 'colour', noise_scale: 0.5, latent_dim: 2 },
      train: { epochs: 2, batch_size: 16 },
      objective: { metric: 'val/rate_share', goal: 'maximize' },
    };
    await writeFile(at('colours.yaml'), JSON.stringify(spec));
    const { stdout } = await run(at('src/cli/sweep'), ['run', 'colours.yaml', '--device', 'cpu'], { cwd: copy });
    expect(stdout).toContain('✓ colours: 3 trials completed');
    const refused = run(at('src/cli/sweep'), ['plan', 'colours.yaml', 'dataset=sprites-mini'], { cwd: copy });
    await expect(refused).rejects.toThrow(
      '`colour` models images of 3 channels, and those of sprites-mini have 1; these fit: bernoulli, gaussian,',
    );
  });

  it('fail the type check without a member, the conformance test without the place in the list', async () => {
    const definitions = Object.entries(FILES).map(([kind, [definition]]) => ({ kind, definition }));
    const whole = new Map<string, string>();
    for (const file of Object.values(FILES).flat()) whole.set(file, await readFile(at(file), 'utf8'));
    const restore = async (): Promise<void> => {
      for (const [file, text] of whole) await writeFile(at(file), text);
    };
    onTestFinished(restore);
    for (const { kind, definition } of definitions) {
      const lines = whole.get(definition)!.split('\n');
      const place = lines.findIndex((line) => line.startsWith(LEFT_OUT[kind]![0]));
      expect(place, kind).toBeGreaterThan(0);
      await writeFile(at(definition), lines.toSpliced(place, 1).join('\n'));
    }
    const errors = typeErrors(definitions.map(({ definition }) => definition));
    expect(errors.every((count) => count > 0)).toBe(true);

    await restore();
    for (const { kind, definition } of definitions) {
      const list = kind === 'A parameter' ? definition : FILES[kind]![1];
      const text = whole.get(list)!;
      const without = text.replace(LEFT_OUT[kind]![1], '');
      expect(without, kind).not.toBe(text);
      await writeFile(at(list), without);
    }
    const outcome = await conformance('is in its list|is in the list');
    expect(Object.values(outcome)).toEqual(Array(5).fill('failed'));
  });
});
